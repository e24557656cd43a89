import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { templateBytes } from '../../src/database.ts'
import { knownOutboundSchemas, outboundSchemaProblem } from '../../src/untrusted.ts'

const known = knownOutboundSchemas()

function problemAfter(change: string): string | undefined {
  const sqlite = new Sqlite(templateBytes('outbound', 'delete'))
  sqlite.unsafeMode()
  sqlite.exec(change)
  return outboundSchemaProblem(sqlite, known)
}

describe('outboundSchemaProblem', () => {
  test('finds nothing in a template, nor in one that was filled and emptied', () => {
    expect(problemAfter('')).toBeUndefined()
    const row = "INSERT INTO session_state VALUES ('a', 'b', 'c')"
    expect(problemAfter(`${row}; DELETE FROM session_state; VACUUM`)).toBeUndefined()
  })

  test('of a known version takes exactly its schema', () => {
    for (const change of [
      'CREATE TABLE more (x)',
      'CREATE INDEX more ON turns (status)',
      'CREATE VIEW more AS SELECT 1',
      'CREATE TRIGGER more AFTER INSERT ON turns BEGIN SELECT 1; END',
      'DROP INDEX turns_running',
      'ALTER TABLE turns ADD COLUMN more text',
    ]) {
      expect(problemAfter(change), change).toMatch(/not that of version 1000/)
    }
  })

  test('of a later step takes columns at the end, new tables and indexes', () => {
    const later = 'PRAGMA user_version = 1001'
    expect(problemAfter(later)).toBeUndefined()
    expect(problemAfter(`${later}; ALTER TABLE turns ADD COLUMN more text`)).toBeUndefined()
    expect(problemAfter(`${later}; CREATE TABLE more (x); CREATE INDEX i ON more (x)`)).toBe(
      undefined,
    )
  })

  const refusedLater: Readonly<Record<string, [change: string, problem: RegExp]>> = {
    'a view': ['CREATE VIEW more AS SELECT 1', /a view called more/],
    'a trigger': ['CREATE TRIGGER t AFTER INSERT ON turns BEGIN SELECT 1; END', /a trigger/],
    'a missing table': ['DROP TABLE turns', /no table turns/],
    'a renamed column': ['ALTER TABLE turns RENAME COLUMN usage TO cost', /not the columns/],
    'a generated column': ['ALTER TABLE turns ADD COLUMN g AS (1)', /generated columns/],
    'a virtual table': [
      'DROP TABLE turns; CREATE VIRTUAL TABLE turns USING fts5(turn_id)',
      /no plain table/,
    ],
  }
  for (const [name, [change, problem]] of Object.entries(refusedLater)) {
    test(`of a later step refuses ${name}`, () => {
      expect(problemAfter(`PRAGMA user_version = 1001; ${change}`)).toMatch(problem)
    })
  }

  test('refuses other contracts, other kinds, other encodings', () => {
    expect(problemAfter('PRAGMA user_version = 2000')).toMatch(/unknown schema version 2000/)
    expect(problemAfter('PRAGMA user_version = 999')).toMatch(/unknown schema version 999/)
    expect(problemAfter('PRAGMA application_id = 1')).toMatch(/application id 1/)
    const utf16 = new Sqlite(':memory:')
    utf16.pragma("encoding = 'UTF-16le'")
    utf16.pragma('application_id = 1313033295')
    utf16.exec('CREATE TABLE a (x)')
    expect(outboundSchemaProblem(utf16, known)).toMatch(/UTF-16le/)
  })
})
