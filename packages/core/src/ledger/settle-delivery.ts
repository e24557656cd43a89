import { NanoclawError } from '@nanoclaw/schema/plain'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'
import { announced, findDelivery, updateDelivery } from './delivery-rows.ts'
import { readParts, settleParts } from './settle-parts.ts'
import { assertTransition } from './transitions.ts'
import type { Delivery, DeliveryChange, PartChange } from './types.ts'

/** A delivery after a change; what is left out stays. */
function changedDelivery(current: Delivery, change: DeliveryChange, now: string): Delivery {
  const { status, attempts, ambiguousCount, nextAttemptAt, platformMessageId, error } = change
  const asked = change.askedAt === undefined ? current.askedAt : change.askedAt
  return {
    ...current,
    status,
    attempts: attempts ?? current.attempts,
    ambiguousCount: ambiguousCount ?? current.ambiguousCount,
    nextAttemptAt: nextAttemptAt === undefined ? current.nextAttemptAt : nextAttemptAt,
    platformMessageId: platformMessageId ?? current.platformMessageId,
    deliveredAt: status === 'delivered' ? (current.deliveredAt ?? now) : current.deliveredAt,
    error: error === undefined ? current.error : error,
    askedAt: status === 'sending' ? null : asked,
    ...(status === 'sending' ? announced(current, now) : {}),
  }
}

/** Records a change, inside the caller's transaction. Throws `not-found`, `bad-state`. */
export function settleDelivery(
  statements: MailboxStatements,
  id: string,
  change: DeliveryChange,
  now: string,
): Delivery {
  const current = findDelivery(statements, id)
  assertTransition(current.status, change.status, id)
  return updateDelivery(statements, changedDelivery(current, change, now))
}

/** What has ended begins anew; what is in doubt stays so, with its tries counted anew. */
function requeueParts(statements: MailboxStatements, id: string, now: string): void {
  const changes = readParts(statements, id).flatMap<PartChange>(({ part, status }) => {
    if (status === 'ambiguous') return [{ part, status, attempts: 0 }]
    if (status !== 'failed' && status !== 'refused') return []
    return [{ part, status: 'queued', attempts: 0, error: null }]
  })
  settleParts(statements, id, changes, now)
}

/**
 * Lets a delivery that has failed or was refused begin anew, without the parts that have arrived; one
 * that a person is asked about is sent again. Inside the caller's transaction. Throws `not-found`,
 * `bad-state`.
 */
export function requeueDelivery(statements: MailboxStatements, id: string, now: string): Delivery {
  const current = findDelivery(statements, id)
  const { status, askedAt } = current
  if (status === 'ambiguous' && askedAt !== null) {
    requeueParts(statements, id, now)
    return updateDelivery(statements, { ...current, attempts: 0, nextAttemptAt: now })
  }
  if (status !== 'failed' && status !== 'refused') {
    const why = status === 'delivered' ? 'it has arrived' : 'the host goes on with it by itself'
    throw new NanoclawError(
      'bad-state',
      `expected a delivery that has failed, was refused, or waits for a person’s word, ${id} is ${status}; ${why}`,
    )
  }
  requeueParts(statements, id, now)
  return updateDelivery(statements, {
    ...current,
    status: 'queued',
    attempts: 0,
    nextAttemptAt: null,
    deliveredAt: null,
    error: null,
    askedAt: null,
  })
}
