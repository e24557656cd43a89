import { NanoclawError } from '@nanoclaw/schema/plain'
import type { events } from '@nanoclaw/schema/drizzle'
import { oneOf } from '../central/narrow.ts'
import type { MailboxEvent, MailboxFacts } from '../events/types.ts'
import { deliveryFacts, toEventRow } from './event-facts.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import { deliveryStatuses, endStatuses } from './statuses.ts'

function toColumns(event: MailboxEvent): typeof events.$inferInsert {
  const { stamp: id, at, type } = event
  switch (type) {
    case 'accepted':
      return { id, at, type, messageSeq: event.seq, status: type, detail: null }
    case 'delivery':
      return { id, at, type, messageSeq: event.seq, status: event.status, detail: event.error }
    case 'turn': {
      const { status, turnId, error } = event
      const seqs = event.rows.map(({ seq }) => seq)
      const detail = JSON.stringify({ turnId, seqs, error })
      return { id, at, type, messageSeq: seqs[0] ?? 0, status, detail }
    }
    default:
      return event satisfies never
  }
}

/** Writes an event, inside the caller's transaction. */
export function writeEvent(statements: MailboxStatements, event: MailboxEvent): void {
  statements.insertEvent().run(toColumns(event))
}

type EventColumns = ReturnType<ReturnType<MailboxStatements['eventsAfter']>['all']>[number]

function toFacts(statements: MailboxStatements, columns: EventColumns): MailboxFacts {
  const { id, type, status, turnId, error, inbound, delivery } = columns
  if (type === 'accepted' && inbound !== null) return { type, ...toEventRow(inbound) }
  if (type === 'delivery' && delivery !== null) {
    const then = oneOf(deliveryStatuses, status, 'events.status')
    return deliveryFacts({ ...delivery, status: then, error })
  }
  if (type === 'turn') {
    const then = oneOf(endStatuses, status, 'events.status')
    const rows = statements.turnRows().all({ id }).map(toEventRow)
    return { type, status: then, rows, turnId, error }
  }
  // The statement selects no other.
  throw new NanoclawError(
    'corrupt',
    `expected the event ${id} to tell of a row that there is, found ${JSON.stringify(type)} of ${columns.messageSeq}`,
  )
}

function toEvents(
  statements: MailboxStatements,
  found: readonly EventColumns[],
): readonly MailboxEvent[] {
  return found.map((columns) => ({
    ...toFacts(statements, columns),
    stamp: columns.id,
    at: columns.at,
  }))
}

/**
 * The events above a stamp, in order, inside the caller's transaction; fewer than `limit` are the
 * last. What a later step of the contract knows besides, and what tells of rows that are gone, is
 * passed over.
 */
export function readEvents(
  statements: MailboxStatements,
  after: number,
  limit: number,
): readonly MailboxEvent[] {
  return toEvents(statements, statements.eventsAfter().all({ after, limit }))
}

/** The events that tell of rows with these numbers, in order, inside the caller's transaction. */
export function readEventsOf(
  statements: MailboxStatements,
  seqs: readonly number[],
): readonly MailboxEvent[] {
  return toEvents(statements, statements.eventsOf().all({ seqs: JSON.stringify(seqs) }))
}
