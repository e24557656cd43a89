import { hostStateKeys, NanoclawError } from '@nanoclaw/schema/plain'
import { readCursor } from '../mailbox/append-rows.ts'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'
import { insertDelivery, placeColumns, toDelivery, untouched } from './delivery-rows.ts'
import type { Delivery, OutboundRow, TakenRow } from './types.ts'

function refuse(row: OutboundRow, why: string): never {
  throw new NanoclawError(
    'bad-content',
    `expected outbound rows in order and above the cursor, got ${JSON.stringify(row.id)} with seq ${row.seq}, ${why}`,
  )
}

function checkSeq(row: OutboundRow, after: number, seen: ReadonlySet<string>): void {
  if (seen.has(row.id)) refuse(row, 'twice in one call')
  if (row.seq <= after) refuse(row, `not above ${after}`)
}

/** What {@link takeRows} did. */
export interface TakenRows {
  readonly deliveries: readonly Delivery[]
  readonly repeated: readonly string[]
}

/**
 * Copies rows into the ledger and moves the cursor, inside the caller's transaction. A row that
 * is there stays as it is; one that uses the id of another is passed over, or the cursor would
 * stand still for ever. `onCopy` is called for each new copy. Throws `bad-content` for rows out of
 * order.
 */
export function takeRows(
  statements: MailboxStatements,
  rows: readonly TakenRow[],
  now: string,
  onCopy: (delivery: Delivery) => void,
): TakenRows {
  const before = readCursor(statements)
  const seen = new Set<string>()
  const deliveries: Delivery[] = []
  const repeated: string[] = []
  let cursor = before
  for (const taken of rows) {
    const { id, seq } = taken.row
    // Even ones are the host's own messages, which no container can lay claim to.
    if (!Number.isSafeInteger(seq) || seq % 2 !== 1) refuse(taken.row, 'which is no odd number')
    const copy = copyOf(taken, now)
    // Nearly always it is new: it is looked for only where it is not.
    const isNew = seq > cursor && !seen.has(id) && insertDelivery(statements, copy)
    const known = isNew || seen.has(id) ? undefined : statements.delivery().get({ id })
    if (known?.seq !== seq) {
      checkSeq(taken.row, cursor, seen)
      cursor = seq
    }
    seen.add(id)
    if (isNew) {
      onCopy(copy)
      deliveries.push(copy)
    } else if (known?.seq === seq) deliveries.push(toDelivery(known))
    else repeated.push(id)
  }
  if (cursor !== before) {
    statements.setState().run({ key: hostStateKeys.outboundCursor, value: String(cursor) })
  }
  return { deliveries, repeated }
}

function copyOf(taken: TakenRow, now: string): Delivery {
  const { row, status, nextAttemptAt = null, error = null } = taken
  const { id, seq, kind, threadId, content, inReplyTo, turnId, timestamp: writtenAt } = row
  const sentAt = status === 'sending' ? now : null
  return {
    ...{ id, seq, kind, ...placeColumns(row), threadId, content, status, nextAttemptAt, error },
    ...{ inReplyTo, turnId, writtenAt, takenAt: now, firstSentAt: sentAt, lastSentAt: sentAt },
    ...untouched,
  }
}
