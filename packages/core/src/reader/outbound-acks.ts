import { isId, isTimestamp, type AckStatus } from '@nanoclaw/schema/untrusted'
import type { OutboundAck } from '../ledger/types.ts'
import type { Statements } from './statements.ts'
import { Violation } from './violation.ts'

/** Errors are for people: this much of one is passed on, in characters. */
const longestError = 2_000
/** A longer one is not even loaded, in bytes. */
const largestError = 65_536
/** All error texts of one read together, in characters. */
const errorBudget = 131_072

/**
 * `CROSS JOIN` keeps the order: one look-up by index for each id asked, whatever statistics the
 * container has put into the file. More than there are ids are found only in a corrupt file, and the
 * first of them comes twice.
 */
const acksSql = `SELECT asked.value,
  CASE WHEN typeof(ack.status) = 'text' AND octet_length(ack.status) <= 16 THEN ack.status END,
  CASE WHEN ack.turn_id IS NULL THEN NULL
    WHEN typeof(ack.turn_id) = 'text' AND octet_length(ack.turn_id) <= 46 THEN ack.turn_id
    ELSE '' END,
  CASE WHEN turn.turn_id IS NULL THEN NULL
    WHEN typeof(turn.claims) = 'integer' THEN turn.claims ELSE -1 END,
  CASE WHEN turn.turn_id IS NULL THEN NULL
    WHEN typeof(turn.claimed_at) = 'text' AND octet_length(turn.claimed_at) <= 24 THEN turn.claimed_at
    ELSE '' END,
  CASE WHEN ack.epoch IS NULL THEN NULL WHEN typeof(ack.epoch) = 'integer' THEN ack.epoch ELSE -1 END,
  CASE WHEN ack.status <> 'failed' OR typeof(turn.error) <> 'text' THEN NULL
    WHEN octet_length(turn.error) <= ${largestError} THEN substr(turn.error, 1, ${longestError})
    ELSE 'an error text of ' || octet_length(turn.error) || ' bytes' END
  FROM json_each(?) AS asked CROSS JOIN processing_ack AS ack ON ack.message_id = asked.value
  LEFT JOIN turns AS turn ON turn.turn_id = ack.turn_id LIMIT ? + 0`

type FoundAck = readonly [
  messageId: string,
  status: string | null,
  turnId: string | null,
  claims: number | null,
  claimedAt: string | null,
  epoch: number | null,
  error: string | null,
]

function isAckStatus(status: string | null): status is AckStatus {
  return status === 'processing' || status === 'completed' || status === 'failed'
}

function toAck(found: FoundAck): OutboundAck {
  const [messageId, status, turnId, claims, claimedAt, epoch, error] = found
  const violation = (what: string) => new Violation(`processing_ack of ${messageId}: ${what}`)
  const isCount = (number: number) => Number.isSafeInteger(number) && number >= 0
  if (!isAckStatus(status)) throw violation('status is none of the three')
  if (turnId !== null && !isId(turnId)) throw violation("turn_id is not of an id's form")
  if (claims !== null && !isCount(claims)) throw violation('claims of its turn is no number')
  if (claimedAt !== null && !isTimestamp(claimedAt)) {
    throw violation('claimed_at of its turn is no timestamp')
  }
  if (epoch !== null && !isCount(epoch)) throw violation('epoch is no number of a start')
  return { messageId, status, turnId, claims, claimedAt, epoch, error }
}

/** The acknowledgements of the ids asked for. Throws {@link Violation}. */
export function readAcks(sqlite: Statements, ids: readonly string[]): readonly OutboundAck[] {
  if (ids.length === 0) return []
  const acks = new Map<string, OutboundAck>()
  let left = errorBudget
  for (const values of sqlite.rows<FoundAck>(acksSql, JSON.stringify(ids), ids.length + 1)) {
    const ack = toAck(values)
    if (acks.has(ack.messageId)) {
      throw new Violation(`processing_ack of ${ack.messageId}: comes twice`)
    }
    const error = ack.error === null ? null : ack.error.slice(0, left)
    left -= error?.length ?? 0
    acks.set(ack.messageId, { ...ack, error })
  }
  return [...acks.values()]
}
