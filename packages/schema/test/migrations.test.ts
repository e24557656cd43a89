import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { applyMigrations, readVersion } from '../src/database/migrate.ts'
import { templateBytes } from '../src/database.ts'
import { contractOf, databaseKinds, latestVersion } from '../src/index.ts'
import { tempFolder } from './database/workbench.ts'

const kinds = ['central', 'inbound', 'outbound'] as const
const root = join(import.meta.dirname, '..')

async function checkMigrations(folder: string): Promise<{ code: unknown; said: string }> {
  const bins = [join(root, '..', '..', 'node_modules', '.bin'), dirname(process.execPath)]
  const child = spawn(process.execPath, ['scripts/generate-migrations.ts', '--check'], {
    cwd: folder,
    env: { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const [code] = await once(child, 'close')
  return { code, said }
}

/** This package with its sources, at a place of its own where it finds what is installed. */
async function copyOfThePackage(): Promise<string> {
  const workspace = await tempFolder()
  const copy = join(workspace, 'packages', 'schema')
  for (const name of ['scripts', 'src', 'drizzle', 'package.json']) {
    await cp(join(root, name), join(copy, name), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  await symlink(join(root, '../../node_modules'), join(workspace, 'node_modules'))
  return copy
}

async function edit(file: string, old: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8')
  expect(before).toContain(old)
  await writeFile(file, before.replace(old, text))
}

async function textsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).toSorted()
  const texts = paths.map(async (path) => [path, await readFile(path, 'utf8')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

describe('migrations', () => {
  test('are what drizzle-kit makes of the tables, and are embedded as they are', async () => {
    expect(await checkMigrations(root)).toEqual({ code: 0, said: '' })
  }, 60_000)

  test('are found to differ as often as that is asked, and nothing is changed by asking', async () => {
    const copy = await copyOfThePackage()
    // A new column; and one that has got another name, about which drizzle-kit would have to ask.
    await edit(join(copy, 'src/tables/central.ts'), "'priority'", "'rank'")
    await edit(join(copy, 'src/tables/outbound.ts'), 'turnId:', "added: text('added'),\n turnId:")
    await writeFile(join(copy, 'src/migrations/inbound.generated.ts'), '')
    const before = await textsOf(copy)
    for (let n = 1; n <= 2; n += 1) {
      const { code, said } = await checkMigrations(copy)
      expect(code).toBe(1)
      expect(said).toContain('drizzle/central: the tables differ from the SQL')
      expect(said).toContain('drizzle/outbound: the tables differ from the SQL')
      expect(said).not.toContain('drizzle/inbound')
      expect(said).toContain('src/migrations/inbound.generated.ts is stale')
    }
    expect(await textsOf(copy)).toEqual(before)
  }, 60_000)

  test('number their versions upwards, 1000 × contract + step', () => {
    for (const kind of kinds) {
      const versions = databaseKinds[kind].migrations.map(({ version }) => version)
      expect(versions).toEqual(versions.toSorted((a, b) => a - b))
      expect(new Set(versions).size).toBe(versions.length)
      expect(latestVersion(kind)).toBe(versions.at(-1))
      expect(contractOf(latestVersion(kind))).toBe(1)
    }
  })

  const steps = [
    { version: 1000, sql: 'CREATE TABLE a (x)' },
    { version: 1001, sql: 'ALTER TABLE a ADD COLUMN y' },
  ]

  test('are applied from where a file is, once', () => {
    const sqlite = new Sqlite(':memory:')
    applyMigrations(sqlite, steps.slice(0, 1), 7)
    expect(readVersion(sqlite)).toBe(1000)
    applyMigrations(sqlite, steps, 7)
    applyMigrations(sqlite, steps, 7)
    expect(readVersion(sqlite)).toBe(1001)
    expect(sqlite.pragma('application_id', { simple: true })).toBe(7)
    sqlite.exec('INSERT INTO a (x, y) VALUES (1, 2)')
  })

  test('leave the old version whole when one of them fails', () => {
    const sqlite = new Sqlite(':memory:')
    applyMigrations(sqlite, steps.slice(0, 1), 7)
    const broken = [...steps, { version: 1002, sql: 'CREATE TABLE b (x); CREATE TABLE a (x)' }]
    expect(() => applyMigrations(sqlite, broken, 7)).toThrow(/already exists/)
    expect(readVersion(sqlite)).toBe(1000)
    const names = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck()
    expect(names.all()).toEqual(['a'])
  })
})

describe('templates', () => {
  for (const kind of kinds) {
    for (const journal of ['wal', 'delete'] as const) {
      test(`of ${kind} are sound, of the newest version, in ${journal} mode`, () => {
        const bytes = templateBytes(kind, journal)
        expect([bytes[18], bytes[19]]).toEqual(journal === 'wal' ? [2, 2] : [1, 1])
        expect(templateBytes(kind, journal).equals(bytes)).toBe(true)
        const sqlite = new Sqlite(templateBytes(kind, 'delete'))
        expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok')
        expect(readVersion(sqlite)).toBe(latestVersion(kind))
        const id = sqlite.pragma('application_id', { simple: true })
        expect(id).toBe(databaseKinds[kind].applicationId)
        expect(sqlite.pragma('page_size', { simple: true })).toBe(databaseKinds[kind].pageSize)
      })
    }
  }

  test('an empty session takes at most 40 kB', () => {
    const bytes = templateBytes('inbound', 'wal').length + templateBytes('outbound', 'wal').length
    expect(bytes).toBeLessThanOrEqual(40_000)
  })
})
