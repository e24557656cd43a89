import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { templateBytes } from '../../src/database.ts'
import { latestVersion } from '../../src/index.ts'
import { runScript, tempFolder } from './workbench.ts'

const from = latestVersion('central')
const newRows = 20_000
const filling = 4_000

/** Tomorrow's code: one step more, which writes more than SQLite keeps in memory. Then it waits. */
const migrate = `
  import { databaseKinds } from '@nanoclaw/schema'
  import { openDatabase } from '@nanoclaw/schema/database'
  databaseKinds.central.migrations.push({ version: ${from + 1}, sql: \`
    ALTER TABLE meta ADD COLUMN later text;
    CREATE TABLE later_things (n integer PRIMARY KEY, value text NOT NULL);
    INSERT INTO later_things
      WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < ${newRows})
      SELECT n, printf('%200d', n) FROM count;
    CREATE INDEX later_values ON later_things (value);\` })
  globalThis.database = openDatabase({ path: process.argv[1], kind: 'central' })
  console.log('open')
  process.stdin.resume()`

/** A home's central database with 4 MB in it, so that its copy takes a while. */
async function oldFile(): Promise<string> {
  const path = join(await tempFolder(), 'central.db')
  writeFileSync(path, templateBytes('central', 'wal'))
  const sqlite = new Sqlite(path)
  sqlite.exec(`INSERT INTO meta
    WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < ${filling})
    SELECT 'key-' || n, printf('%1000d', n) FROM count`)
  sqlite.close()
  return path
}

function look(path: string) {
  const sqlite = new Sqlite(path)
  const one = (sql: string): unknown => sqlite.prepare(sql).pluck().get()
  try {
    const isNew = one(`SELECT count(*) FROM sqlite_schema WHERE name = 'later_things'`) === 1
    return {
      sound: one('PRAGMA integrity_check'),
      version: one('PRAGMA user_version'),
      rows: one('SELECT count(*) FROM meta'),
      columns: one(`SELECT count(*) FROM pragma_table_info('meta')`),
      newRows: isNew ? one('SELECT count(*) FROM later_things') : 0,
      indexes: one(`SELECT count(*) FROM sqlite_schema WHERE name = 'later_values'`),
    }
  } finally {
    sqlite.close()
  }
}

const old = { sound: 'ok', version: from, rows: filling, columns: 2, newRows: 0, indexes: 0 }
const migrated = { ...old, version: from + 1, columns: 3, newRows, indexes: 1 }
const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

const copyOf = (path: string): string => `${path}.v${from}.bak`
const unfinishedOf = (path: string): readonly string[] =>
  readdirSync(dirname(path)).filter((name) => name.endsWith('.tmp'))

const moments = [
  { at: 'while it copies', come: (path: string) => unfinishedOf(path).length > 0 },
  { at: 'when it has copied', come: (path: string) => existsSync(copyOf(path)) },
  { at: 'in mid-transaction', come: (path: string) => sizeOf(`${path}-wal`) > 2 ** 20 },
] as const

describe('a migration killed by kill -9', () => {
  async function finish(path: string): Promise<void> {
    const { child, firstWords } = runScript(migrate, [path])
    expect(await firstWords).toBe('open\n')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(look(path)).toEqual(migrated)
    expect(look(copyOf(path))).toEqual(old)
    expect(unfinishedOf(path)).toEqual([])
  }

  test.each(moments)('$at leaves the old file, and the next start does it anew', async (moment) => {
    const path = await oldFile()
    const { child, firstWords } = runScript(migrate, [path])
    let isOpen = false
    void firstWords.then(() => (isOpen = true))
    while (!moment.come(path)) {
      if (isOpen) throw new Error('it was over before the moment had come')
      await delay(1)
    }
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(look(path)).toEqual(old)
    await finish(path)
  })

  test('after its commit leaves the new file', async () => {
    const path = await oldFile()
    await finish(path)
    await finish(path)
  })
})
