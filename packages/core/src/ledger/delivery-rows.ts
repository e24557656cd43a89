import { NanoclawError } from '@nanoclaw/schema/plain'
import type { delivered } from '@nanoclaw/schema/drizzle'
import { oneOf } from '../central/narrow.ts'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'
import { deliveryStatuses } from '../mailbox/statuses.ts'
import type { Delivery } from './types.ts'

/** Of a row that nothing has been done with. */
export const untouched = {
  attempts: 0,
  ambiguousCount: 0,
  platformMessageId: null,
  deliveredAt: null,
  askedAt: null,
}

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

/** A row of the ledger. Throws `not-found`. */
export function findDelivery(statements: MailboxStatements, id: string): Delivery {
  const row = statements.delivery().get({ id })
  if (row !== undefined) return toDelivery(row)
  throw new NanoclawError(
    'not-found',
    `expected the id of an outbound row that has been taken, there is none with ${id}`,
  )
}

/** Puts a row into the ledger, inside the caller's transaction, if its id is new; says whether it is. */
export function insertDelivery(statements: MailboxStatements, delivery: Delivery): boolean {
  return statements.insertDelivery().run({ ...delivery }).changes > 0
}

/** Writes a row that has changed, inside the caller's transaction. */
export function updateDelivery(statements: MailboxStatements, delivery: Delivery): Delivery {
  statements.updateDelivery().run({ ...delivery })
  return delivery
}

/** What becoming `sending` does to the times of a row, or of a part. */
export function announced(current: { readonly firstSentAt: string | null }, now: string) {
  return { firstSentAt: current.firstSentAt ?? now, lastSentAt: now }
}
