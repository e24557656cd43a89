import { isId, type AckStatus } from '@nanoclaw/schema/untrusted'
import type { OutboundAck } from '../mailbox/mailbox.ts'
import type { Statements } from './kept-files.ts'
import { Violation } from './violation.ts'

/** Errors are for people: this much of one is passed on, in characters. */
const longestError = 2_000
/** A longer one is not even loaded, in bytes. */
const largestError = 65_536
/** All error texts of one read together, in characters. */
const errorBudget = 131_072

/**
 * `CROSS JOIN` keeps the order: one look-up by index for each id asked, whatever statistics the
 * container has put into the file.
 */
const acksSql = `SELECT asked.value,
  CASE WHEN typeof(ack.status) = 'text' AND octet_length(ack.status) <= 16 THEN ack.status END,
  CASE WHEN ack.turn_id IS NULL THEN NULL
    WHEN typeof(ack.turn_id) = 'text' AND octet_length(ack.turn_id) <= 46 THEN ack.turn_id
    ELSE '' END,
  CASE WHEN ack.epoch IS NULL THEN NULL WHEN typeof(ack.epoch) = 'integer' THEN ack.epoch ELSE -1 END,
  (SELECT CASE WHEN typeof(error) <> 'text' THEN NULL
      WHEN octet_length(error) <= ${largestError} THEN substr(error, 1, ${longestError})
      ELSE 'an error text of ' || octet_length(error) || ' bytes' END
    FROM turns WHERE turn_id = ack.turn_id AND ack.status = 'failed')
  FROM json_each(?) AS asked CROSS JOIN processing_ack AS ack ON ack.message_id = asked.value`

type FoundAck = readonly [
  messageId: string,
  status: string | null,
  turnId: string | null,
  epoch: number | null,
  error: string | null,
]

function isAckStatus(status: string | null): status is AckStatus {
  return status === 'processing' || status === 'completed' || status === 'failed'
}

/** The acknowledgements of the ids asked for. Throws {@link Violation}. */
export function readAcks(sqlite: Statements, ids: readonly string[]): readonly OutboundAck[] {
  if (ids.length === 0) return []
  const found = sqlite.prepare<[string], FoundAck>(acksSql).raw()
  const acks = new Map<string, OutboundAck>()
  let left = errorBudget
  for (const [messageId, status, turnId, epoch, error] of found.iterate(JSON.stringify(ids))) {
    const where = `processing_ack of ${messageId}`
    if (acks.has(messageId)) throw new Violation(`${where}: comes twice`)
    if (!isAckStatus(status)) throw new Violation(`${where}: status is none of the three`)
    if (turnId !== null && !isId(turnId)) {
      throw new Violation(`${where}: turn_id is not of an id's form`)
    }
    if (epoch !== null && !(Number.isSafeInteger(epoch) && epoch >= 0)) {
      throw new Violation(`${where}: epoch is no number of a start`)
    }
    const shown = error === null ? null : error.slice(0, left)
    left -= shown?.length ?? 0
    acks.set(messageId, { messageId, status, turnId, epoch, error: shown })
  }
  return [...acks.values()]
}
