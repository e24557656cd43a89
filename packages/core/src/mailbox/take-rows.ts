import { hostStateKeys, NanoclawError } from '@nanoclaw/schema'
import type { delivered } from '@nanoclaw/schema/drizzle'
import { oneOf } from '../central/narrow.ts'
import { readCursor } from './append-rows.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { Delivery, OutboundRow, TakenRow } from './mailbox.ts'
import { deliveryStatuses } from './statuses.ts'

/** A row of the ledger as callers see it. */
export function toDelivery(row: typeof delivered.$inferSelect): Delivery {
  const { messageOutId, ...rest } = row
  return {
    ...rest,
    id: messageOutId,
    status: oneOf(deliveryStatuses, row.status, 'delivered.status'),
  }
}

/** A place's columns: what names nothing is null, so that no place is written in two ways. */
export function placeColumns(place: {
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
}) {
  const { channelType, channelInstance, platformId } = place
  return {
    channelType: channelType === '' ? null : channelType,
    channelInstance,
    platformId: platformId === '' ? null : platformId,
  }
}

function refuse(row: OutboundRow, why: string): never {
  throw new NanoclawError(
    'bad-content',
    `expected outbound rows in order and above the cursor, got ${JSON.stringify(row.id)} with seq ${row.seq}, ${why}`,
  )
}

function checkSeq(row: OutboundRow, after: number, seen: ReadonlySet<string>): void {
  if (seen.has(row.id)) refuse(row, 'twice in one call')
  if (!Number.isSafeInteger(row.seq) || row.seq % 2 !== 1) refuse(row, 'which is no odd number')
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
  onCopy: (delivery: Delivery) => void,
): TakenRows {
  const before = readCursor(statements)
  const seen = new Set<string>()
  const deliveries: Delivery[] = []
  const repeated: string[] = []
  let cursor = before
  for (const taken of rows) {
    const { id, seq } = taken.row
    const known = seen.has(id) ? undefined : statements.delivery().get({ id })
    if (known?.seq !== seq) {
      checkSeq(taken.row, cursor, seen)
      cursor = seq
    }
    seen.add(id)
    if (known === undefined) {
      const delivery = insertDelivery(statements, taken)
      onCopy(delivery)
      deliveries.push(delivery)
    } else if (known.seq === seq) deliveries.push(toDelivery(known))
    else repeated.push(id)
  }
  if (cursor !== before) {
    statements.setState().run({ key: hostStateKeys.outboundCursor, value: String(cursor) })
  }
  return { deliveries, repeated }
}

function insertDelivery(statements: MailboxStatements, taken: TakenRow): Delivery {
  const { row, status, nextAttemptAt = null, error = null } = taken
  const { id, seq, kind, channelType, channelInstance, platformId, threadId, content } = row
  const place = { ...placeColumns({ channelType, channelInstance, platformId }), threadId }
  const copy = { id, seq, kind, ...place, content, status, nextAttemptAt, error }
  statements.insertDelivery().run(copy)
  const untouched = { attempts: 0, ambiguousCount: 0, platformMessageId: null, deliveredAt: null }
  return { ...copy, ...untouched }
}
