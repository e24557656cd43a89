import { chmodSync, mkdirSync } from 'node:fs'
import type { SessionLayout } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'

/** Values of a `messages_out` row; what is left out is that of a sound one. */
export interface TestRow {
  readonly id?: unknown
  readonly seq?: unknown
  readonly kind?: unknown
  readonly inReplyTo?: unknown
  readonly turnId?: unknown
  readonly timestamp?: unknown
  readonly deliverAfter?: unknown
  readonly channelType?: unknown
  readonly channelInstance?: unknown
  readonly platformId?: unknown
  readonly threadId?: unknown
  readonly content?: unknown
}

/** Writes one session's outbound file, in any form that SQLite allows. */
export interface TestWriter {
  readonly database: OpenDatabase
  row(values: TestRow): void
  ack(messageId: string, status: string, turnId: string | null): void
  turn(turnId: string, status: string, error: string | null): void
  close(): void
}

const moment = '2026-11-22T14:05:00.000Z'

/** The id that a test writer gives to the row with a `seq`. */
export function testRowId(seq: unknown): string {
  return `out-0000-${String(seq).padStart(8, '0')}`
}

/**
 * Makes a session's folders and opens its outbound file for writing, in this process, with the
 * checks of its tables off.
 */
export function createTestWriter(session: SessionLayout): TestWriter {
  mkdirSync(session.outbound, { recursive: true })
  chmodSync(session.outbound, 0o777)
  const database = openDatabase({ path: session.outboundDb, kind: 'outbound', create: true })
  const { sqlite } = database
  sqlite.pragma('ignore_check_constraints = ON')
  const insertRow = sqlite.prepare(
    `INSERT INTO messages_out (id, seq, in_reply_to, timestamp, deliver_after, kind, platform_id,
       channel_type, thread_id, content, channel_instance, turn_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertAck = sqlite.prepare(
    `INSERT INTO processing_ack (message_id, status, status_changed, turn_id, epoch)
     VALUES (?, ?, '${moment}', ?, 1)`,
  )
  const insertTurn = sqlite.prepare(
    `INSERT INTO turns (turn_id, epoch, message_ids, claims, claimed_at, status, error)
     VALUES (?, 1, '[]', 1, '${moment}', ?, ?)`,
  )
  return {
    database,
    row(values) {
      const row = {
        seq: 1,
        inReplyTo: null,
        turnId: null,
        timestamp: moment,
        deliverAfter: null,
        kind: 'chat',
        platformId: 'family',
        channelType: 'memory',
        threadId: null,
        content: '{"text":"hello"}',
        channelInstance: '',
        ...values,
      }
      const id = values.id ?? testRowId(row.seq)
      const { seq, inReplyTo, timestamp, deliverAfter, kind, platformId } = row
      const head = [id, seq, inReplyTo, timestamp, deliverAfter, kind, platformId]
      insertRow.run(
        ...head,
        row.channelType,
        row.threadId,
        row.content,
        row.channelInstance,
        row.turnId,
      )
    },
    ack: (messageId, status, turnId) => void insertAck.run(messageId, status, turnId),
    turn: (turnId, status, error) => void insertTurn.run(turnId, status, error),
    close: () => database.close(),
  }
}
