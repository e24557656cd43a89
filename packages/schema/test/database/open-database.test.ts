import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { openDatabase, templateBytes } from '../../src/database.ts'
import { databaseKinds, isBusy, latestVersion, type DatabaseKind } from '../../src/index.ts'
import { errorOf, runScript, tempFolder } from './workbench.ts'

const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

async function fileOf(kind: DatabaseKind, change?: string): Promise<string> {
  const path = join(await tempFolder(), `${kind}.db`)
  writeFileSync(path, templateBytes(kind, 'wal'))
  if (change === undefined) return path
  const sqlite = new Sqlite(path)
  sqlite.exec(change)
  sqlite.close()
  return path
}

describe('openDatabase', () => {
  test('makes a file when told to, with pragmas, version and application id', async () => {
    const path = join(await tempFolder(), 'central.db')
    const database = openDatabase({ path, kind: 'central', create: true })
    const pragma = (name: string) => database.sqlite.pragma(name, { simple: true })
    expect(database.version).toBe(latestVersion('central'))
    expect(pragma('application_id')).toBe(databaseKinds.central.applicationId)
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('synchronous')).toBe(2)
    expect(pragma('foreign_keys')).toBe(1)
    expect(pragma('page_size')).toBe(4096)
    database.setSync('normal')
    expect(pragma('synchronous')).toBe(1)
    database.close()
    expect(existsSync(`${path}.v0.bak`)).toBe(false)
    openDatabase({ path, kind: 'central', create: true }).close()
  })

  test.each(['central', 'inbound', 'outbound'] as const)(
    'keeps little of %s in memory, however large the file is',
    async (kind) => {
      const path = await fileOf(kind)
      for (const access of ['read-write', 'read-only'] as const) {
        const { sqlite, close } = openDatabase({ path, kind, access })
        // Negative: in KiB.
        const kilobytes = -Number(sqlite.pragma('cache_size', { simple: true }))
        expect(kilobytes).toBeGreaterThan(0)
        expect(kilobytes).toBeLessThanOrEqual(kind === 'central' ? 2_000 : 250)
        close()
      }
    },
  )

  test('opens in DELETE mode where the kernel is not shared', async () => {
    const path = await fileOf('inbound')
    const database = openDatabase({ path, kind: 'inbound', journal: 'delete' })
    expect(database.sqlite.pragma('journal_mode', { simple: true })).toBe('delete')
    const sync = () => database.sqlite.pragma('synchronous', { simple: true })
    // EXTRA: else the removed journal may come back after a power cut, and undo the commit.
    expect(sync()).toBe(3)
    database.setSync('normal')
    database.setSync('full')
    expect(sync()).toBe(3)
    database.close()
    expect(readdirSync(join(path, '..'))).toEqual(['inbound.db'])
  })

  test('does not make what it was not told to make', async () => {
    const path = join(await tempFolder(), 'inbound.db')
    expect(errorOf(() => openDatabase({ path, kind: 'inbound' })).code).toBe('io')
    expect(existsSync(path)).toBe(false)
    const nowhere = join(path, 'nowhere', 'inbound.db')
    const error = errorOf(() => openDatabase({ path: nowhere, kind: 'inbound', create: true }))
    expect(error).toMatchObject({
      code: 'io',
      message: expect.stringContaining('there is none') as unknown,
    })
  })

  test('goes on where a creation was cut off after the header', async () => {
    const path = join(await tempFolder(), 'central.db')
    const begun = new Sqlite(path)
    begun.pragma('journal_mode = wal')
    begun.close()
    expect(readFileSync(path).length).toBeGreaterThan(0)
    const database = openDatabase({ path, kind: 'central', create: true })
    expect(database.version).toBe(latestVersion('central'))
    database.close()
  })

  test('refuses a newer contract in one sentence, and leaves its bytes as they are', async () => {
    const path = await fileOf('central', 'PRAGMA user_version = 2000')
    const before = digest(path)
    const error = errorOf(() => openDatabase({ path, kind: 'central', create: true }))
    expect(error.code).toBe('newer-schema')
    expect(error.message).toMatch(/written by a newer NanoClaw \(schema 2000/)
    expect(error.message).not.toContain('\n')
    expect(digest(path)).toBe(before)
    expect(readdirSync(join(path, '..'))).toEqual(['central.db'])
  })

  test('refuses a newer contract for reading, too', async () => {
    const path = await fileOf('central', 'PRAGMA user_version = 2000')
    const before = digest(path)
    const open = () => openDatabase({ path, kind: 'central', access: 'read-only' })
    expect(errorOf(open).code).toBe('newer-schema')
    expect(digest(path)).toBe(before)
  })

  test('opens a later step of the same contract, and leaves its version', async () => {
    const path = await fileOf(
      'inbound',
      'ALTER TABLE delivered ADD COLUMN later text; PRAGMA user_version = 1999',
    )
    const database = openDatabase({ path, kind: 'inbound' })
    expect(database.version).toBe(1999)
    database.close()
    expect(readdirSync(join(path, '..'))).toEqual(['inbound.db'])
  })

  test('keeps a copy before it migrates, which holds what was there', async () => {
    const path = join(await tempFolder(), 'central.db')
    const old = new Sqlite(path)
    old.exec('CREATE TABLE kept (x); INSERT INTO kept VALUES (42)')
    old.pragma(`application_id = ${databaseKinds.central.applicationId}`)
    old.pragma('user_version = 999')
    old.close()
    // A copy that was cut off by a crash is no copy.
    writeFileSync(`${path}.v999.bak.tmp`, 'half')

    const database = openDatabase({ path, kind: 'central' })
    expect(database.version).toBe(latestVersion('central'))
    database.close()

    const copy = new Sqlite(`${path}.v999.bak`, { readonly: true })
    expect(copy.prepare('SELECT x FROM kept').pluck().get()).toBe(42)
    expect(copy.pragma('user_version', { simple: true })).toBe(999)
    copy.close()
    expect(readdirSync(join(path, '..')).toSorted()).toEqual(['central.db', 'central.db.v999.bak'])
  })

  test('a migration that fails leaves the old version, and its copy', async () => {
    const path = join(await tempFolder(), 'central.db')
    const old = new Sqlite(path)
    old.exec('CREATE TABLE meta (x)')
    old.pragma(`application_id = ${databaseKinds.central.applicationId}`)
    old.pragma('user_version = 999')
    old.close()
    expect(() => openDatabase({ path, kind: 'central' })).toThrow(/already exists/)
    const left = new Sqlite(path)
    expect(left.pragma('user_version', { simple: true })).toBe(999)
    left.close()
    expect(existsSync(`${path}.v999.bak`)).toBe(true)
  })

  const foreign = {
    'another program’s database': () => {
      const sqlite = new Sqlite(':memory:')
      sqlite.exec('CREATE TABLE notes (x)')
      return sqlite.serialize()
    },
    'a file of another kind': () => templateBytes('inbound', 'wal'),
    text: () => Buffer.from('x'.repeat(8192)),
    'a database with a spoilt first page': () => {
      const bytes = templateBytes('central', 'delete')
      bytes.fill(0xa5, 100, 4000)
      return bytes
    },
  }
  for (const [name, bytes] of Object.entries(foreign)) {
    test(`refuses ${name}, and leaves its bytes as they are`, async () => {
      const path = join(await tempFolder(), 'central.db')
      writeFileSync(path, bytes())
      const before = digest(path)
      const error = errorOf(() => openDatabase({ path, kind: 'central', create: true }))
      expect(error.code).toBe('corrupt')
      expect(error.message).toContain(path)
      expect(digest(path)).toBe(before)
    })
  }

  test('refuses an empty file it was not told to make', async () => {
    const path = join(await tempFolder(), 'inbound.db')
    writeFileSync(path, '')
    expect(errorOf(() => openDatabase({ path, kind: 'inbound' })).code).toBe('corrupt')
    expect(readFileSync(path).length).toBe(0)
  })

  test('says io for a folder in the file’s place, and for a file nobody may read', async () => {
    const path = join(await tempFolder(), 'central.db')
    mkdirSync(path)
    expect(errorOf(() => openDatabase({ path, kind: 'central', create: true })).code).toBe('io')
    if (process.getuid?.() === 0) return
    const closed = await fileOf('central')
    chmodSync(closed, 0)
    expect(errorOf(() => openDatabase({ path: closed, kind: 'central' })).code).toBe('io')
  })

  test('says disk-full when there is no room, and can go on once there is', async () => {
    const path = join(await tempFolder(), 'central.db')
    const script = `
      import { openDatabase } from '@nanoclaw/schema/database'
      try { openDatabase({ path: process.argv[1], kind: 'central', create: true }) }
      catch (error) { console.log(error.code + ': ' + error.message) }`
    const { output } = await runScript(script, [path], 'ulimit -f 8').ended
    expect(output).toBe(`disk-full: no space left to write ${path}; free some and retry\n`)
    const database = openDatabase({ path, kind: 'central', create: true })
    expect(database.version).toBe(latestVersion('central'))
    database.close()
  })

  test('[S6] does not wait for a lock unless told to, and says busy', async () => {
    const path = await fileOf('inbound')
    const one = openDatabase({ path, kind: 'inbound' })
    const two = openDatabase({ path, kind: 'inbound' })
    one.sqlite.exec('BEGIN IMMEDIATE')
    const start = performance.now()
    let thrown: unknown
    try {
      two.sqlite.exec('BEGIN IMMEDIATE')
    } catch (error) {
      thrown = error
    }
    expect(isBusy(thrown)).toBe(true)
    expect(performance.now() - start).toBeLessThan(50)
    one.close()
    two.close()
  })

  test('what is open for reading cannot be written', async () => {
    const path = await fileOf('inbound')
    const writer = openDatabase({ path, kind: 'inbound' })
    const reader = openDatabase({ path, kind: 'inbound', access: 'read-only' })
    expect(() => reader.sqlite.exec("INSERT INTO host_state VALUES ('a', 'b')")).toThrow(/readonly/)
    reader.close()
    writer.close()
  })
})
