import { existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { rowsByTable, schemaOf, tablesOf } from '../../../test/support/database-rows.ts'
import {
  copyFixture,
  databasesIn,
  fixtureName,
  fixtureNames,
  type HomeDatabase,
} from '../../../test/support/fixtures.ts'
import { openDatabase, templateBytes } from '../src/database.ts'
import { databaseKinds, latestVersion, type Migration } from '../src/index.ts'
import type * as Untrusted from '../src/untrusted.ts'

const kinds = ['central', 'inbound', 'outbound'] as const

function filesOf(fixture: string): readonly HomeDatabase[] {
  const { home, remove } = copyFixture(fixture)
  onTestFinished(remove)
  return databasesIn(home)
}

/** The rows of a file as a reader of any version finds them. */
function rowsIn(path: string) {
  const sqlite = new Sqlite(path, { readonly: true })
  try {
    return rowsByTable(sqlite)
  } finally {
    sqlite.close()
  }
}

test('a home of today’s versions is kept for tomorrow’s', () => {
  const today = fixtureName(latestVersion)
  expect(
    fixtureNames(),
    `no home in versions ${today} is kept: before these versions are published, run \`pnpm --filter @nanoclaw-internal/test fixtures\` and commit what it writes`,
  ).toContain(today)
})

/** Opens with what `open` makes of today's code; all rows stay, and a copy where it migrated. */
function expectUpgrade(file: HomeDatabase, open: typeof openDatabase, to: number): void {
  const before = rowsIn(file.path)
  const from = new Sqlite(file.path, { readonly: true }).pragma('user_version', { simple: true })
  const opened = open({ path: file.path, kind: file.kind })
  expect(opened.version).toBe(to)
  opened.close()
  const after = rowsIn(file.path)
  for (const [table, rows] of before) {
    expect(rows.length, `${file.kind}.db, ${table}`).toBeGreaterThan(0)
    expect(after.get(table), `${file.kind}.db, ${table}`).toMatchObject(rows)
  }
  const copy = `${file.path}.v${String(from)}.bak`
  expect(existsSync(copy)).toBe(from !== to)
  if (from !== to) expect(rowsIn(copy)).toEqual(before)
}

describe.each(fixtureNames())('the files of %s', (fixture) => {
  test('are opened by today’s code with every row', () => {
    const files = filesOf(fixture)
    expect(files.map(({ kind }) => kind).toSorted()).toEqual(kinds)
    for (const file of files) expectUpgrade(file, openDatabase, latestVersion(file.kind))
  })

  test('have then the schema of new ones: no migration was changed after it was published', () => {
    for (const { kind, path } of filesOf(fixture)) {
      const opened = openDatabase({ path, kind })
      const fresh = new Sqlite(templateBytes(kind, 'delete'))
      expect(
        schemaOf(opened.sqlite),
        `migrations of ${kind} that are published are never changed; add one`,
      ).toEqual(schemaOf(fresh))
      opened.close()
      fresh.close()
    }
  })
})

/** A step that the next version might take: a column and an index in every table, and a table. */
function nextStep(kind: (typeof kinds)[number], earlier: readonly Migration[]): Migration {
  const sqlite = new Sqlite(templateBytes(kind, 'delete'))
  const sql = tablesOf(sqlite).map(
    (table) => `ALTER TABLE "${table}" ADD COLUMN later_count integer NOT NULL DEFAULT 7;
      CREATE INDEX "later_${table}" ON "${table}" (later_count);`,
  )
  sqlite.close()
  const version = (earlier.at(-1)?.version ?? 0) + 1
  return {
    version,
    sql: `${sql.join('\n')} CREATE TABLE later_things (id text PRIMARY KEY, value text);`,
  }
}

/** How a reader of some version judges an `outbound.db`. */
function problemIn(reader: typeof Untrusted) {
  const known = reader.knownOutboundSchemas()
  return (sqlite: Sqlite.Database) => reader.outboundSchemaProblem(sqlite, known)
}

describe('tomorrow’s code, with one step more', () => {
  beforeEach(() => {
    vi.resetModules()
    for (const kind of kinds) {
      vi.doMock(`../src/migrations/${kind}.generated.ts`, async (original) => {
        const name = `${kind}Migrations`
        const known = Reflect.get(await original<object>(), name) as readonly Migration[]
        return { [name]: [...known, nextStep(kind, known)] }
      })
    }
  })
  afterEach(() => {
    for (const kind of kinds) vi.doUnmock(`../src/migrations/${kind}.generated.ts`)
    vi.resetModules()
  })

  test.each(fixtureNames())('migrates the files of %s, keeps rows and a copy', async (fixture) => {
    const tomorrow = await import('../src/database.ts')
    for (const file of filesOf(fixture)) {
      expectUpgrade(file, tomorrow.openDatabase, latestVersion(file.kind) + 1)
      // Today's code opens what tomorrow's has migrated, and leaves it so.
      const opened = openDatabase({ path: file.path, kind: file.kind })
      expect(opened.version).toBe(latestVersion(file.kind) + 1)
      expect(tablesOf(opened.sqlite)).toContain('later_things')
      opened.close()
    }
  })

  test('the reader of today takes tomorrow’s outbound.db, and tomorrow’s reader today’s', async () => {
    const tomorrow = problemIn(await import('../src/untrusted.ts'))
    vi.doUnmock('../src/migrations/outbound.generated.ts')
    vi.resetModules()
    const today = problemIn(await import('../src/untrusted.ts'))
    for (const { kind, path } of filesOf(fixtureName(latestVersion))) {
      if (kind !== 'outbound') continue
      const sqlite = new Sqlite(path)
      expect([today(sqlite), tomorrow(sqlite)]).toEqual([undefined, undefined])
      const step = nextStep(kind, databaseKinds[kind].migrations)
      sqlite.exec(`${step.sql} PRAGMA user_version = ${step.version}`)
      expect([today(sqlite), tomorrow(sqlite)]).toEqual([undefined, undefined])
      sqlite.exec('DROP INDEX later_turns; ALTER TABLE turns DROP COLUMN later_count')
      expect(today(sqlite)).toBe(undefined)
      expect(tomorrow(sqlite)).toContain(`is not that of version ${step.version}`)
      sqlite.close()
    }
  })
})
