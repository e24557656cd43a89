import { readFile } from 'node:fs/promises'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { templateBytes } from '../src/database.ts'
import { hostStateKeys, type DatabaseKind } from '../src/index.ts'
import { documentedSessionColumns, documentedTables } from './documented-tables.ts'

const protocol = await readFile(
  new URL('../../../docs/session-protocol.md', import.meta.url),
  'utf8',
)

const central = [
  'agent_groups',
  'messaging_groups',
  'messaging_group_agents',
  'sessions',
  'agent_destinations',
  'applied_actions',
  'incidents',
  'incident_events',
  'channel_state',
  'meta',
  'receipts',
  'engagements',
  'people',
  'users',
  'user_roles',
  'held_events',
  'heard',
  'action_policies',
  'approvals',
  'approval_cards',
  'audit_log',
]

function open(kind: DatabaseKind) {
  return new Sqlite(templateBytes(kind, 'delete'))
}

interface Column {
  readonly name: string
  readonly type: string
  readonly dflt_value: string | null
  readonly notnull: number
  readonly pk: number
}

function columnsOf(kind: DatabaseKind, table: string): Column[] {
  const sql = 'SELECT name, type, dflt_value, "notnull", pk FROM pragma_table_info(?)'
  return open(kind).prepare<[string], Column>(sql).all(table)
}

function tablesOf(kind: DatabaseKind): unknown[] {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
  return open(kind).prepare(sql).pluck().all()
}

/** The columns that are unique alone or together, but for the primary key. */
function uniqueIn(kind: DatabaseKind, table: string): string[] {
  const sql = `SELECT group_concat(c.name) FROM pragma_index_list(?) AS i, pragma_index_info(i.name) AS c
    WHERE i."unique" AND i.origin <> 'pk' GROUP BY i.name`
  return open(kind).prepare<[string], string>(sql).pluck().all(table)
}

const moment = '2026-11-22T14:05:00.000Z'

function fails(kind: DatabaseKind, first: string, ...statements: string[]): void {
  const sqlite = open(kind)
  sqlite.exec(first)
  for (const statement of statements) {
    expect(() => sqlite.exec(statement), statement).toThrow(/constraint failed/)
  }
}

/** What is counted; everything else is text. */
const isNumber = (name: string, value: string | undefined): boolean =>
  /^\d+$/.test(value ?? '') ||
  /^(id|seq|epoch|claims|attempts|ambiguous_count|part|message_seq)$/.test(name)

describe('tables', () => {
  for (const [kind, section] of [
    ['inbound', 3],
    ['outbound', 4],
  ] as const) {
    const documented = documentedTables(protocol, section)

    test(`${kind}.db has the tables of the session protocol, §${section}, and no others`, () => {
      expect(tablesOf(kind)).toEqual([...documented.keys()].toSorted())
    })

    test.each([...documented])(`${kind}.db: %s is as documented`, (table, { columns, unique }) => {
      const found = columnsOf(kind, table)
      expect(found.map(({ name }) => name)).toEqual(columns.map(({ name }) => name))
      const keys = (all: readonly { name: string; pk: unknown }[]) =>
        all.filter(({ pk }) => Boolean(pk)).map(({ name }) => name)
      expect(keys(found)).toEqual(keys(columns))
      for (const [index, { name, value, text }] of columns.entries()) {
        const { type } = found[index] ?? {}
        if (value !== undefined)
          expect(found[index]).toMatchObject({ dflt_value: value, notnull: 1 })
        expect([name, type]).toEqual([name, !text && isNumber(name, value) ? 'INTEGER' : 'TEXT'])
      }
      // A number of the line of §2 is given once.
      const numbered = columns.some(({ name }) => name === 'seq') ? ['seq'] : []
      expect(uniqueIn(kind, table).toSorted()).toEqual([...unique, ...numbered].toSorted())
    })
  }

  test('central.db has the tables of this release, sessions as the session protocol lists them', () => {
    expect(tablesOf('central')).toEqual(central.toSorted())
    const names = columnsOf('central', 'sessions').map(({ name }) => name)
    expect(names).toEqual(documentedSessionColumns(protocol))
  })

  test('the keys of host_state are the documented ones', () => {
    const line = /^host_state .*$/m.exec(protocol)?.[0] ?? ''
    const keys = line.split(/\s{3,}/).at(-1) ?? ''
    expect(keys.replace(' (added)', '').split(' · ')).toEqual(Object.values(hostStateKeys))
  })

  test('messages_in: even seq, never null, once; dedupe key once; the four states', () => {
    const row = (id: string, seq: string, status = "'pending'", key = 'NULL') =>
      `INSERT INTO messages_in (id, seq, kind, timestamp, status, dedupe_key, content)
       VALUES ('${id}', ${seq}, 'chat', '${moment}', ${status}, ${key}, '{}')`
    fails(
      'inbound',
      row('in-1', '2', "'completed'", "'k'"),
      row('in-2', '3'),
      row('in-2', 'NULL'),
      row('in-2', '2'),
      row('in-1', '4'),
      row('in-2', '4', "'pending'", "'k'"),
      row('in-2', '4', "'done'"),
    )
    for (const status of ['pending', 'completed', 'failed', 'paused']) {
      open('inbound').exec(row('in-1', '2', `'${status}'`))
    }
  })

  test('delivered: the seven states, each row and seq once', () => {
    const row = (id: string, seq: number, status: string) =>
      `INSERT INTO delivered (message_out_id, status, seq, kind, content)
       VALUES ('${id}', '${status}', ${seq}, 'chat', '{}')`
    fails(
      'inbound',
      row('out-1', 1, 'queued'),
      row('out-1', 3, 'queued'),
      row('out-2', 1, 'queued'),
    )
    fails('inbound', '', row('out-1', 1, 'sent'))
    const states = 'queued sending retrying delivered failed refused ambiguous'.split(' ')
    for (const status of states) open('inbound').exec(row('out-1', 1, status))
  })

  test('session_routing and container_state hold one row, of id 1', () => {
    fails(
      'inbound',
      'INSERT INTO session_routing (id) VALUES (1)',
      'INSERT INTO session_routing (id) VALUES (1)',
      'INSERT INTO session_routing (id) VALUES (2)',
    )
    fails(
      'outbound',
      '',
      `INSERT INTO container_state (id, epoch, updated_at) VALUES (2, 1, '${moment}')`,
    )
  })

  test('messages_out: odd seq, never null, once; a call of a turn once, other rows freely', () => {
    const row = (id: string, seq: string, call = 'NULL, NULL') =>
      `INSERT INTO messages_out (id, seq, timestamp, kind, content, turn_id, call_key)
       VALUES ('${id}', ${seq}, '${moment}', 'chat', '{}', ${call})`
    fails(
      'outbound',
      `${row('out-1', '1', "'turn-1', 'k'")}; ${row('out-2', '3')}; ${row('out-3', '5')}`,
      row('out-4', '6'),
      row('out-4', 'NULL'),
      row('out-4', '5'),
      row('out-1', '7'),
      row('out-4', '7', "'turn-1', 'k'"),
    )
  })

  test('processing_ack and turns know their states and no others', () => {
    const ack = (status: string) =>
      `INSERT INTO processing_ack (message_id, status, status_changed) VALUES ('in-1', '${status}', '')`
    const turn = (status: string) =>
      `INSERT INTO turns (turn_id, epoch, message_ids, claims, claimed_at, status)
       VALUES ('turn-1', 1, '[]', 1, '', '${status}')`
    for (const status of ['processing', 'completed', 'failed']) open('outbound').exec(ack(status))
    for (const status of ['running', 'completed', 'failed', 'interrupted']) {
      open('outbound').exec(turn(status))
    }
    fails('outbound', '', ack('pending'), turn('processing'))
  })

  test('one active session per key; closed ones stay', () => {
    const session = (id: string, status: string) =>
      `INSERT INTO sessions (id, key, agent_group_id, status, created_at)
       VALUES ('${id}', 'k', 'ag-1', '${status}', '${moment}')`
    fails(
      'central',
      `INSERT INTO agent_groups (id, name, folder, created_at) VALUES ('ag-1', 'A', 'a', '');
       ${session('s1', 'closed')}; ${session('s2', 'closed')}; ${session('s3', 'active')}`,
      session('s4', 'active'),
    )
  })
})
