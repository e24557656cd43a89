import type { DeliveryStatus, Place } from '@nanoclaw/schema/plain'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'
import { placeColumns, toDelivery } from './delivery-rows.ts'
import { readParts } from './settle-parts.ts'
import type { Delivery, DeliveryFilter } from './types.ts'

// Later than every moment that can be written in the protocol's form.
const endOfTime = '~'

function toPlace(row: {
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
}): Place {
  const { channelType, channelInstance, platformId } = row
  return { channelType: channelType ?? '', channelInstance, platformId: platformId ?? '' }
}

/** The newest of one status, by the index that has it. */
function newestOf(statements: MailboxStatements, status: DeliveryStatus, limit: number) {
  if (status === 'sending') return statements.newestSending().all({ limit })
  if (status === 'delivered') return statements.newestOf().all({ status, limit })
  return statements.newestIndexed().all({ status, limit })
}

function list(
  statements: MailboxStatements,
  { statuses, limit }: DeliveryFilter,
): readonly Delivery[] {
  if (statuses === undefined) return statements.newest().all({ limit }).map(toDelivery)
  return [...new Set(statuses)]
    .flatMap((status) => newestOf(statements, status, limit))
    .sort((a, b) => b.seq - a.seq)
    .slice(0, limit)
    .map(toDelivery)
}

/** What waits at a place, put off or not, in the order it is sent in. */
function unfinished(
  statements: MailboxStatements,
  place: Place,
  limit: number,
  now: string,
): readonly Delivery[] {
  const there = { ...placeColumns(place), limit }
  const due = statements.putOffBefore().all({ ...there, now })
  return [...statements.waiting().all(there), ...due]
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)
    .map(toDelivery)
}

/** What a mailbox can be asked of its ledger. */
export const ledgerReads = {
  unfinishedPlaces: ({ unfinishedPlaces }: MailboxStatements): readonly Place[] =>
    unfinishedPlaces().all().map(toPlace),
  unfinished: (statements: MailboxStatements, place: Place, limit: number, now = endOfTime) =>
    unfinished(statements, place, limit, now),
  putOffUntil: ({ putOffUntil }: MailboxStatements, place: Place, now: string) =>
    putOffUntil().get({ ...placeColumns(place), now })?.nextAttemptAt ?? null,
  undelivered({ countWaiting, countPutOff }: MailboxStatements, limit: number): number {
    const waiting = countWaiting().get({ limit })?.rows ?? 0
    return Math.min(limit, waiting + (countPutOff().get({ limit })?.rows ?? 0))
  },
  delivery({ delivery }: MailboxStatements, id: string): Delivery | undefined {
    const row = delivery().get({ id })
    return row && toDelivery(row)
  },
  deliveries: list,
  answers: (
    { answers }: MailboxStatements,
    id: string,
    turnIds: readonly string[],
  ): readonly Delivery[] =>
    answers()
      .all({ id, turnIds: JSON.stringify(turnIds) })
      .map(toDelivery),
  parts: readParts,
} as const
