import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** As much of better-sqlite3 as a polling loop needs. */
export interface Sqlite {
  prepare(sql: string): {
    run(...values: readonly unknown[]): void
    all(...values: readonly unknown[]): unknown[]
  }
  exec(sql: string): void
  close(): void
}

// The very library that the product uses, so that both are measured on the same SQLite.
const require = createRequire(fileURLToPath(import.meta.resolve('@nanoclaw/schema/database')))
const Library = require('better-sqlite3') as new (
  path: string,
  options?: { readonly?: boolean },
) => Sqlite

/** One session of a polling system: the host writes one file, the container the other. */
export interface PolledSession {
  readonly inbound: string
  readonly outbound: string
}

/** What polling systems do: open, work, close. A rollback journal and full syncs, SQLite's defaults. */
function using<T>(path: string, readonly: boolean, work: (sqlite: Sqlite) => T): T {
  const sqlite = new Library(path, { readonly })
  try {
    return work(sqlite)
  } finally {
    sqlite.close()
  }
}

const content = JSON.stringify({ sender: 'Ann', senderId: 'ann', text: 'hello' })

/** The two files, with so many rows behind them, half of either side. */
export function makePolledSession(session: PolledSession, rows: number): void {
  using(session.inbound, false, (sqlite) => {
    sqlite.exec(`CREATE TABLE messages_in (id TEXT PRIMARY KEY, seq INTEGER UNIQUE, timestamp TEXT NOT NULL,
        status TEXT NOT NULL, content TEXT NOT NULL);
      CREATE TABLE delivered (message_out_id TEXT PRIMARY KEY, status TEXT NOT NULL, delivered_at TEXT)`)
    fill(sqlite, rows, (index) => {
      sqlite
        .prepare(`INSERT INTO messages_in VALUES (?, ?, '2026-01-31T12:00:00.000Z', 'pending', ?)`)
        .run(`in-${index}`, 2 * index, content)
      sqlite.prepare(`INSERT INTO delivered VALUES (?, 'delivered', 'then')`).run(`out-${index}`)
    })
  })
  using(session.outbound, false, (sqlite) => {
    sqlite.exec(`CREATE TABLE messages_out (id TEXT PRIMARY KEY, seq INTEGER UNIQUE, timestamp TEXT NOT NULL,
        content TEXT NOT NULL);
      CREATE TABLE processing_ack (message_id TEXT PRIMARY KEY, status TEXT NOT NULL)`)
    fill(sqlite, rows, (index) => {
      sqlite
        .prepare(`INSERT INTO messages_out VALUES (?, ?, '2026-01-31T12:00:00.000Z', ?)`)
        .run(`out-${index}`, 2 * index + 1, content)
      sqlite.prepare(`INSERT INTO processing_ack VALUES (?, 'completed')`).run(`in-${index}`)
    })
  })
}

function fill(sqlite: Sqlite, rows: number, insert: (index: number) => void): void {
  sqlite.exec('BEGIN')
  for (let index = 1; index <= rows / 2; index += 1) insert(index)
  sqlite.exec('COMMIT')
}

interface Named {
  readonly id: string
}

/** Somebody writes. */
export function append(session: PolledSession, id: string): void {
  using(session.inbound, false, (sqlite) =>
    sqlite
      .prepare(
        `INSERT INTO messages_in SELECT ?, coalesce(max(seq), 0) + 2, 'now', 'pending', ? FROM messages_in`,
      )
      .run(id, content),
  )
}

/** One look of the container: all rows of both files, and an answer to each that has none. */
export function pollInbound(session: PolledSession): void {
  const rows = using(session.inbound, true, (sqlite) =>
    sqlite.prepare(`SELECT * FROM messages_in WHERE status = 'pending' ORDER BY seq`).all(),
  ) as Named[]
  const ended = using(session.outbound, true, (sqlite) =>
    sqlite.prepare('SELECT message_id AS id FROM processing_ack').all(),
  ) as Named[]
  const done = new Set(ended.map(({ id }) => id))
  for (const { id } of rows.filter((row) => !done.has(row.id))) {
    using(session.outbound, false, (sqlite) => {
      sqlite.exec('BEGIN')
      sqlite
        .prepare(
          `INSERT INTO messages_out SELECT ?, coalesce(max(seq), 1) + 2, 'now', ? FROM messages_out`,
        )
        .run(`out-${id}`, content)
      sqlite.prepare(`INSERT INTO processing_ack VALUES (?, 'completed')`).run(id)
      sqlite.exec('COMMIT')
    })
  }
}

/** One look of the host: all rows of the container, those left out that it has delivered. */
export function pollOutbound(session: PolledSession, deliver: (id: string) => void): void {
  const rows = using(session.outbound, true, (sqlite) =>
    sqlite.prepare('SELECT * FROM messages_out ORDER BY seq').all(),
  ) as Named[]
  const sent = using(session.inbound, true, (sqlite) =>
    sqlite.prepare('SELECT message_out_id AS id FROM delivered').all(),
  ) as Named[]
  const done = new Set(sent.map(({ id }) => id))
  for (const { id } of rows.filter((row) => !done.has(row.id))) {
    using(session.inbound, false, (sqlite) =>
      sqlite.prepare(`INSERT INTO delivered VALUES (?, 'delivered', 'now')`).run(id),
    )
    deliver(id)
  }
}
