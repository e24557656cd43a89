import { NanoclawError, type DeliveryStatus } from '@nanoclaw/schema/plain'
import type { Delivery } from './types.ts'

/** In which states a row of the ledger can begin. */
export const deliveryBeginnings = ['queued', 'sending', 'refused', 'failed'] as const

/**
 * What may become of a delivery, and of each part of one: the ledger's state machine. Back to `queued`
 * leads a requeue alone; from `delivered`, a late rejection by the platform.
 */
export const deliveryTransitions: Readonly<Record<DeliveryStatus, readonly DeliveryStatus[]>> = {
  queued: ['sending', 'retrying', 'refused', 'failed'],
  sending: ['delivered', 'retrying', 'failed', 'refused', 'ambiguous'],
  retrying: ['sending', 'failed', 'refused'],
  ambiguous: ['sending', 'delivered', 'failed'],
  delivered: ['failed'],
  failed: ['queued'],
  refused: ['queued'],
}

/** States whose fields (times, counts, errors, a platform's id that comes late) may change alone. */
const lasting: readonly DeliveryStatus[] = ['queued', 'retrying', 'ambiguous', 'delivered']

/** Whether a delivery may go from one state to another, or stay with other fields. */
export function canBecome(from: DeliveryStatus, to: DeliveryStatus): boolean {
  return from === to ? lasting.includes(from) : deliveryTransitions[from].includes(to)
}

/** Whether a person is asked if it arrived, and has not answered: it is in no queue. */
export function isAsked({
  status,
  askedAt,
  nextAttemptAt,
}: Pick<Delivery, 'status' | 'askedAt' | 'nextAttemptAt'>): boolean {
  return status === 'ambiguous' && askedAt !== null && nextAttemptAt === null
}

/** Throws `bad-state` where {@link canBecome} is false. `what`: whose states these are. */
export function assertTransition(from: DeliveryStatus, to: DeliveryStatus, what: string): void {
  if (canBecome(from, to)) return
  throw new NanoclawError(
    'bad-state',
    `expected a state that ${what}, which is ${from}, can get into, got ${to}; look at what it is now`,
  )
}
