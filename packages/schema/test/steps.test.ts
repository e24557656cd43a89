import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { schemaOf, tablesOf } from '../../../test/support/database-rows.ts'
import { applyMigrations } from '../src/database/migrate.ts'
import { contractOf, databaseKinds, type Migration } from '../src/index.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly dflt_value: string | null
}

const columnsOf = (sqlite: Sqlite.Database, table: string): readonly Column[] =>
  sqlite.prepare<[string], Column>('SELECT * FROM pragma_table_info(?)').all(table)

function atVersion(migrations: readonly Migration[], version: number): Sqlite.Database {
  const sqlite = new Sqlite(':memory:')
  applyMigrations(
    sqlite,
    migrations.filter((step) => step.version <= version),
    1,
  )
  return sqlite
}

/** What a step does to a file that an earlier version of its contract could not go on with. */
function problemsOfStep(before: Sqlite.Database, after: Sqlite.Database): string[] {
  const problems: string[] = []
  for (const table of tablesOf(before)) {
    const old = columnsOf(before, table)
    const now = columnsOf(after, table)
    const same = old.every(({ name, type }, at) => now[at]?.name === name && now[at].type === type)
    if (!same) problems.push(`${table}: its columns are not where they were`)
    for (const { name, notnull, dflt_value } of now.slice(old.length)) {
      if (notnull === 1 && dflt_value === null) problems.push(`${table}.${name}: has no default`)
    }
  }
  const known = new Set(schemaOf(before).map(({ name }) => name))
  const tables = tablesOf(before)
  for (const { type, name, tbl_name, sql } of schemaOf(after)) {
    // What stands on a table that is new is in nobody's way who does not know it.
    if (known.has(name) || (type !== 'view' && !tables.includes(String(tbl_name)))) continue
    if (type === 'view' || type === 'trigger') problems.push(`a ${type} ${String(name)}`)
    if (/^CREATE UNIQUE INDEX/i.test(String(sql))) problems.push(`a unique index ${String(name)}`)
  }
  return problems
}

/** Problems of all steps within a contract. */
function problemsOf(migrations: readonly Migration[]): string[] {
  return migrations.slice(1).flatMap(({ version }, at) => {
    const from = migrations[at]?.version ?? 0
    if (contractOf(from) !== contractOf(version)) return []
    return problemsOfStep(atVersion(migrations, from), atVersion(migrations, version))
  })
}

describe('a step of the same contract only adds', () => {
  for (const [kind, { migrations }] of Object.entries(databaseKinds)) {
    test(`in ${kind}.db`, () => expect(problemsOf(migrations)).toEqual([]))
  }

  const first = { version: 1000, sql: 'CREATE TABLE a (x text NOT NULL, y text)' }
  const problems = (sql: string, version = 1001) => problemsOf([first, { version, sql }])

  test.each([
    ['ALTER TABLE a DROP COLUMN y', 'a: its columns are not where they were'],
    ['ALTER TABLE a RENAME COLUMN y TO z', 'a: its columns are not where they were'],
    ['DROP TABLE a', 'a: its columns are not where they were'],
    [
      'DROP TABLE a; CREATE TABLE a (x text NOT NULL, y text, z text NOT NULL)',
      'a.z: has no default',
    ],
    ['CREATE UNIQUE INDEX b ON a (y)', 'a unique index b'],
    ['CREATE VIEW b AS SELECT * FROM a', 'a view b'],
    ['CREATE TRIGGER b AFTER INSERT ON a BEGIN SELECT 1; END', 'a trigger b'],
  ])('the rule refuses: %s', (sql, problem) => expect(problems(sql)).toEqual([problem]))

  test.each([
    'ALTER TABLE a ADD COLUMN z text',
    'ALTER TABLE a ADD COLUMN z integer NOT NULL DEFAULT 0; CREATE INDEX b ON a (z)',
    'CREATE TABLE b (x text); CREATE UNIQUE INDEX c ON b (x)',
    'CREATE TABLE b (x text); CREATE TRIGGER c BEFORE DELETE ON b BEGIN SELECT 1; END',
    'CREATE TABLE b (x text NOT NULL UNIQUE)',
  ])('the rule allows: %s', (sql) => expect(problems(sql)).toEqual([]))

  test('a new contract may do anything', () => {
    expect(problems('DROP TABLE a', 2000)).toEqual([])
  })
})
