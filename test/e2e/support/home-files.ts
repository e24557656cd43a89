import { createLayout, type DatabaseKind } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'

/** A row as a file has it. */
export type FileRow = Readonly<Record<string, unknown>>

function query(path: string, kind: DatabaseKind, sql: string): FileRow[] {
  const database = openDatabase({ path, kind, access: 'read-only', timeoutMs: 2_000 })
  try {
    return database.sqlite.prepare<[], FileRow>(sql).all()
  } finally {
    database.close()
  }
}

/** Rows of the central database. */
export function centralRows(home: string, sql: string): FileRow[] {
  return query(createLayout(home).centralDb, 'central', sql)
}

/** Rows of one side of the home's only session. */
export function sessionRows(home: string, side: 'inbound' | 'outbound', sql: string): FileRow[] {
  const sessions = centralRows(home, 'SELECT id, agent_group_id FROM sessions')
  if (sessions.length !== 1) throw new Error(`expected one session, found ${sessions.length}`)
  const session = createLayout(home).session(
    String(sessions[0]?.agent_group_id),
    String(sessions[0]?.id),
  )
  return query(side === 'inbound' ? session.inboundDb : session.outboundDb, side, sql)
}

/** One number that a query of a session's file gives. */
export function sessionCount(home: string, side: 'inbound' | 'outbound', sql: string): number {
  return Number(Object.values(sessionRows(home, side, sql)[0] ?? {})[0])
}
