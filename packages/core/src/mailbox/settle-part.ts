import { oneOf } from '../central/narrow.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { DeliveryPart, PartChange } from './mailbox.ts'
import { findDelivery } from './settle-delivery.ts'
import { deliveryStatuses } from './statuses.ts'

/** Records what became of one part, inside the caller's transaction. Throws `not-found`. */
export function settlePart(
  statements: MailboxStatements,
  id: string,
  part: number,
  change: PartChange,
): void {
  const { status, platformMessageId = null } = change
  findDelivery(statements, id)
  statements.setPart().run({ id, part, status, platformMessageId })
}

/** The parts of a delivery that something is known of, in order. */
export function readParts(statements: MailboxStatements, id: string): readonly DeliveryPart[] {
  return statements
    .parts()
    .all({ id })
    .map(({ part, status, platformMessageId }) => ({
      part,
      status: oneOf(deliveryStatuses, status, 'delivered_parts.status'),
      platformMessageId,
    }))
}
