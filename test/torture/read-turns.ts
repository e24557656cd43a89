import { createLayout } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'

/** How often a message has been claimed, as its container says. */
export interface ClaimedMessage {
  readonly messageId: string
  readonly turnId: string
  /** Of the turn that it is in now, or was in last. */
  readonly claims: number
  readonly isProcessing: boolean
}

type Row = Readonly<Record<string, unknown>>

/** A runner that was stopped or killed in mid-write keeps its lock: then there is no answer. */
const busyMs = 100

/** Nothing, where the file cannot be read at this moment. */
function ask(path: string, kind: 'central' | 'outbound', sql: string): readonly Row[] {
  try {
    const database = openDatabase({ path, kind, access: 'read-only', timeoutMs: busyMs })
    try {
      return database.sqlite.prepare<[], Row>(sql).all()
    } finally {
      database.close()
    }
  } catch {
    return []
  }
}

const acks = `SELECT a.message_id, a.status, t.turn_id, t.claims
  FROM processing_ack a JOIN turns t ON t.turn_id = a.turn_id`

/** All messages of one session that have been claimed; none where its file cannot be read now. */
export function readClaims(outboundDb: string): readonly ClaimedMessage[] {
  return ask(outboundDb, 'outbound', acks).map((row) => ({
    messageId: String(row.message_id),
    turnId: String(row.turn_id),
    claims: Number(row.claims),
    isProcessing: row.status === 'processing',
  }))
}

/** Those of all sessions of a home. */
export function claimsOf(home: string): readonly ClaimedMessage[] {
  const layout = createLayout(home)
  return ask(layout.centralDb, 'central', 'SELECT id, agent_group_id FROM sessions').flatMap(
    (row) => readClaims(layout.session(String(row.agent_group_id), String(row.id)).outboundDb),
  )
}
