import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { applyMigrations, readVersion } from '../src/database/migrate.ts'
import { contractOf, databaseKinds, latestVersion, templateBytes } from '../src/index.ts'

const kinds = ['central', 'inbound', 'outbound'] as const
const root = join(import.meta.dirname, '..')

describe('migrations', () => {
  test('are what drizzle-kit makes of the tables, and are embedded as they are', async () => {
    const bins = [join(root, '..', '..', 'node_modules', '.bin'), dirname(process.execPath)]
    const child = spawn(process.execPath, ['scripts/generate-migrations.ts', '--check'], {
      cwd: root,
      env: { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    const [code] = await once(child, 'close')
    expect({ code, said }).toEqual({ code: 0, said: '' })
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

  test('an empty session takes less than 64 kB', () => {
    const bytes = templateBytes('inbound', 'wal').length + templateBytes('outbound', 'wal').length
    expect(bytes).toBeLessThan(65_536)
  })
})
