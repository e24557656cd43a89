import { NanoclawError } from '@nanoclaw/schema'
import type { MailboxStatements } from './inbound-statements.ts'
import type { Delivery, DeliveryChange } from './mailbox.ts'
import { toDelivery } from './take-rows.ts'

/**
 * A delivery after a change; what is left out stays. Which changes are possible at all is for the
 * ledger's state machine to say, and this is where it will be asked.
 */
function changedDelivery(current: Delivery, change: DeliveryChange, now: string): Delivery {
  const { status, attempts, ambiguousCount, nextAttemptAt, platformMessageId, error } = change
  return {
    ...current,
    status,
    attempts: attempts ?? current.attempts,
    ambiguousCount: ambiguousCount ?? current.ambiguousCount,
    nextAttemptAt: nextAttemptAt === undefined ? current.nextAttemptAt : nextAttemptAt,
    platformMessageId: platformMessageId ?? current.platformMessageId,
    deliveredAt: status === 'delivered' ? (current.deliveredAt ?? now) : current.deliveredAt,
    error: error === undefined ? current.error : error,
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

/** Records a change, inside the caller's transaction. Throws `not-found`. */
export function settleDelivery(
  statements: MailboxStatements,
  id: string,
  change: DeliveryChange,
  now: string,
): Delivery {
  const next = changedDelivery(findDelivery(statements, id), change, now)
  const { status, attempts, ambiguousCount, nextAttemptAt, platformMessageId } = next
  const { deliveredAt, error } = next
  statements.updateDelivery().run({
    id,
    status,
    attempts,
    ambiguousCount,
    nextAttemptAt,
    platformMessageId,
    deliveredAt,
    error,
  })
  return next
}
