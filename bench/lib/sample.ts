import { openDatabase } from '@nanoclaw/schema/database'

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, string | number | null>>

/** All rows that one message and its answer have left, in tables of either side. */
export interface Sample {
  readonly messageIn: Row
  readonly delivered: Row
  /** What was told of the two, in order. */
  readonly events: readonly Row[]
  readonly messageOut: Row
  readonly ack: Row
  readonly turn: Row
  /** What the agent remembers of the conversation; written with every answer. */
  readonly states: readonly Row[]
}

function found(row: Row | undefined): Row {
  if (row === undefined) throw new Error('expected a message with its answer, found none')
  return row
}

/** The rows of the last message that was answered, as the real system wrote them. */
export function readSample(files: { inboundDb: string; outboundDb: string }): Sample {
  const inbound = openDatabase({ path: files.inboundDb, kind: 'inbound', access: 'read-only' })
  const outbound = openDatabase({ path: files.outboundDb, kind: 'outbound', access: 'read-only' })
  const query = (database: typeof inbound, sql: string, ...values: unknown[]): readonly Row[] =>
    database.sqlite.prepare<unknown[], Row>(sql).all(...values)
  try {
    const delivered = found(
      query(inbound, `SELECT * FROM delivered WHERE status = 'delivered' ORDER BY seq DESC`)[0],
    )
    const messageIn = found(
      query(inbound, 'SELECT * FROM messages_in WHERE id = ?', delivered.in_reply_to)[0],
    )
    const { message_out_id: id, turn_id: turnId } = delivered
    return {
      messageIn,
      delivered,
      events: query(
        inbound,
        'SELECT * FROM events WHERE message_seq IN (?, ?) ORDER BY id',
        messageIn.seq,
        delivered.seq,
      ),
      messageOut: found(query(outbound, 'SELECT * FROM messages_out WHERE id = ?', id)[0]),
      ack: found(
        query(outbound, 'SELECT * FROM processing_ack WHERE message_id = ?', messageIn.id)[0],
      ),
      turn: found(query(outbound, 'SELECT * FROM turns WHERE turn_id = ?', turnId)[0]),
      states: query(outbound, `SELECT * FROM session_state WHERE key LIKE 'continuation:%'`),
    }
  } finally {
    inbound.close()
    outbound.close()
  }
}

/** `INSERT` of a row with all of its columns; values by name. */
export function insertOf(table: string, row: Row, verb = 'INSERT'): string {
  const columns = Object.keys(row)
  const named = columns.map((column) => `@${column}`)
  return `${verb} INTO "${table}" ("${columns.join('", "')}") VALUES (${named.join(', ')})`
}

/** The n-th of many: an id as long as the real one, and other than all others. */
export function numbered(id: string | number | null | undefined, index: number): string {
  const text = String(id)
  return text.slice(0, Math.max(0, text.length - 12)) + String(index).padStart(12, '0')
}

/** Each sample row as the n-th message would have left it. `seq` is that of the inbound row, even. */
export function nthRows(sample: Sample, index: number, seq: number, firstEvent: number) {
  const inId = numbered(sample.messageIn.id, index)
  const outId = numbered(sample.messageOut.id, index)
  const turnId = numbered(sample.turn.turn_id, index)
  const platformId = `platform-${index}`
  const key = `["bench","","${String(sample.messageIn.platform_id)}","message","bare-${index}",""]`
  return {
    messageIn: {
      ...sample.messageIn,
      ...{ id: inId, seq, platform_message_id: platformId, dedupe_key: key },
    },
    delivered: {
      ...sample.delivered,
      ...{ message_out_id: outId, seq: seq + 1, in_reply_to: inId, turn_id: turnId },
    },
    events: sample.events.map((row, at) => ({
      ...row,
      id: firstEvent + at,
      message_seq: row.message_seq === sample.messageIn.seq ? seq : seq + 1,
      detail: row.detail === null ? null : JSON.stringify({ turnId, seqs: [seq], error: null }),
    })),
    messageOut: {
      ...sample.messageOut,
      ...{ id: outId, seq: seq + 1, in_reply_to: inId, turn_id: turnId },
    },
    ack: { ...sample.ack, message_id: inId, turn_id: turnId },
    turn: { ...sample.turn, turn_id: turnId, message_ids: JSON.stringify([inId]) },
    states: sample.states.map((row) => ({ ...row, value: String(index) })),
  }
}
