import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { templateBytes, type DatabaseKind } from '../src/index.ts'

// The column lists of the session protocol, §3 and §4, as they stand there: names in order, `=` a
// default, the rest in words. `+` parts v2's columns from ours.
const documented: Readonly<Record<'inbound' | 'outbound', Readonly<Record<string, string>>>> = {
  inbound: {
    messages_in: `id TEXT PK, seq, kind, timestamp, status='pending', process_after, recurrence,
      tries=0, platform_id, channel_type, thread_id, content
      + channel_instance='', platform_message_id, dedupe_key UNIQUE, trigger=1, on_wake=0,
        source_session_id, hops=0, series_id`,
    delivered: `message_out_id PK, platform_message_id, status, delivered_at
      + seq, kind, channel_type, channel_instance, platform_id, thread_id, content, attempts,
        ambiguous_count, next_attempt_at, error`,
    delivered_parts: 'message_out_id PK, part PK, status, platform_message_id, attempts',
    destinations: `name PK, display_name, type, channel_type, platform_id, agent_group_id
      + channel_instance=''`,
    session_routing: "id, channel_type, platform_id, thread_id + channel_instance=''",
    host_state: 'key PK, value',
  },
  outbound: {
    messages_out: `id TEXT PK, seq, in_reply_to, timestamp, deliver_after, recurrence, kind,
      platform_id, channel_type, thread_id, content
      + channel_instance='', turn_id, call_key`,
    processing_ack: 'message_id PK, status, status_changed + turn_id, epoch',
    turns: `turn_id PK, epoch, message_ids, claims, claimed_at, ended_at, status, error, usage`,
    session_state: 'key PK, value, updated_at',
    container_state: 'id, epoch, current_tool, tool_deadline, updated_at',
  },
}

const central = [
  'agent_groups',
  'messaging_groups',
  'messaging_group_agents',
  'sessions',
  'agent_destinations',
  'applied_actions',
  'incidents',
  'channel_state',
  'meta',
]

const sessionColumns = `id, key, agent_group_id, messaging_group_id, thread_id, agent_provider, status,
  container_status, epoch, next_due_at, last_active, created_at`

function open(kind: DatabaseKind) {
  return new Sqlite(templateBytes(kind, 'delete'))
}

interface Column {
  readonly name: string
  readonly dflt_value: string | null
  readonly notnull: number
  readonly pk: number
}

function columnsOf(kind: DatabaseKind, table: string): Column[] {
  const sql = 'SELECT name, dflt_value, "notnull", pk FROM pragma_table_info(?)'
  return open(kind).prepare<[string], Column>(sql).all(table)
}

function tablesOf(kind: DatabaseKind): unknown[] {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
  return open(kind).prepare(sql).pluck().all()
}

const words = (list: string): string[] => list.split(/[,+]/).map((word) => word.trim())
const moment = '2026-11-22T14:05:00.000Z'

function fails(kind: DatabaseKind, first: string, ...statements: string[]): void {
  const sqlite = open(kind)
  sqlite.exec(first)
  for (const statement of statements) {
    expect(() => sqlite.exec(statement), statement).toThrow(/constraint failed/)
  }
}

describe('tables', () => {
  for (const kind of ['inbound', 'outbound'] as const) {
    test(`${kind}.db has the documented tables and no others`, () => {
      expect(tablesOf(kind)).toEqual(Object.keys(documented[kind]).toSorted())
    })

    for (const [table, list] of Object.entries(documented[kind])) {
      test(`${table} has the documented columns, in their order`, () => {
        const columns = columnsOf(kind, table)
        const expected = words(list)
        expect(columns.map(({ name }) => name)).toEqual(
          expected.map((word) => word.split(/[ =]/)[0]),
        )
        for (const [index, word] of expected.entries()) {
          const column = columns[index]
          const given = /=(.*)$/.exec(word)?.[1]
          if (given !== undefined) expect(column).toMatchObject({ dflt_value: given, notnull: 1 })
          if (word.includes(' PK')) expect(column?.pk).toBeGreaterThan(0)
        }
      })
    }
  }

  test('central.db has the tables of this release, sessions as the protocol lists them', () => {
    expect(tablesOf('central')).toEqual(central.toSorted())
    expect(columnsOf('central', 'sessions').map(({ name }) => name)).toEqual(words(sessionColumns))
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
