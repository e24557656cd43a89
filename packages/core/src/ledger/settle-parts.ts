import { NanoclawError } from '@nanoclaw/schema/plain'
import { oneOf } from '../central/narrow.ts'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'
import { deliveryStatuses } from '../mailbox/statuses.ts'
import { announced, findDelivery } from './delivery-rows.ts'
import { assertTransition } from './transitions.ts'
import type { DeliveryPart, PartChange } from './types.ts'

const nothingYet = {
  content: null,
  platformMessageId: null,
  attempts: 0,
  ambiguousCount: 0,
  firstSentAt: null,
  lastSentAt: null,
  error: null,
}

function begin({ part, status }: PartChange, id: string): DeliveryPart {
  if (status === 'queued' || status === 'sending') return { ...nothingYet, part, status }
  throw new NanoclawError(
    'bad-state',
    `expected part ${part} of ${id}, of which nothing is known, to begin as queued or sending, got ${status}`,
  )
}

function changedPart(current: DeliveryPart, change: PartChange, now: string): DeliveryPart {
  const { status, content, platformMessageId, attempts, ambiguousCount, error } = change
  return {
    ...current,
    status,
    content: content ?? current.content,
    platformMessageId: platformMessageId ?? current.platformMessageId,
    attempts: attempts ?? current.attempts,
    ambiguousCount: ambiguousCount ?? current.ambiguousCount,
    error: error === undefined ? current.error : error,
    ...(status === 'sending' ? announced(current, now) : {}),
  }
}

type PartColumns = ReturnType<ReturnType<MailboxStatements['parts']>['all']>[number]

function toPart({ messageOutId: _, ...part }: PartColumns): DeliveryPart {
  return { ...part, status: oneOf(deliveryStatuses, part.status, 'delivered_parts.status') }
}

/**
 * Records what became of parts, inside the caller's transaction. Throws `not-found` for a row that
 * has not been taken, `bad-state` for a way that the state machine does not know.
 */
export function settleParts(
  statements: MailboxStatements,
  id: string,
  changes: readonly PartChange[],
  now: string,
): void {
  findDelivery(statements, id)
  for (const change of changes) {
    // One by one: a delivery can be thousands of parts.
    const row = statements.part().get({ id, part: change.part })
    const current = row && toPart(row)
    if (current !== undefined) {
      assertTransition(current.status, change.status, `part ${change.part} of ${id}`)
    }
    const next = changedPart(current ?? begin(change, id), change, now)
    statements.setPart().run({ id, ...next })
  }
}

/** The parts of a delivery that something is known of, in order. */
export function readParts(statements: MailboxStatements, id: string): readonly DeliveryPart[] {
  return statements.parts().all({ id }).map(toPart)
}
