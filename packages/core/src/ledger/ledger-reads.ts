import type { DeliveryStatus, Place } from '@nanoclaw/schema/plain'
import type { InboundConnection } from '../mailbox/inbound-connection.ts'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
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

/** The methods of a mailbox that look into the ledger. */
export function ledgerReads(
  connection: InboundConnection,
): Pick<
  Mailbox,
  | 'unfinishedPlaces'
  | 'unfinished'
  | 'putOffUntil'
  | 'undelivered'
  | 'delivery'
  | 'deliveries'
  | 'answers'
  | 'parts'
> {
  return {
    unfinishedPlaces: async () =>
      connection.read(({ unfinishedPlaces }) => unfinishedPlaces().all().map(toPlace)),
    unfinished: async (place, limit, now = endOfTime) =>
      connection.read((statements) => unfinished(statements, place, limit, now)),
    putOffUntil: async (place, now) =>
      connection.read(
        ({ putOffUntil }) =>
          putOffUntil().get({ ...placeColumns(place), now })?.nextAttemptAt ?? null,
      ),
    undelivered: async (limit) =>
      connection.read(({ countWaiting, countPutOff }) => {
        const waiting = countWaiting().get({ limit })?.rows ?? 0
        return Math.min(limit, waiting + (countPutOff().get({ limit })?.rows ?? 0))
      }),
    delivery: async (id) =>
      connection.read(({ delivery }) => {
        const row = delivery().get({ id })
        return row && toDelivery(row)
      }),
    deliveries: async (filter) => connection.read((statements) => list(statements, filter)),
    answers: async (id, turnIds) =>
      connection.read(({ answers }) =>
        answers()
          .all({ id, turnIds: JSON.stringify(turnIds) })
          .map(toDelivery),
      ),
    parts: async (id) => connection.read((statements) => readParts(statements, id)),
  }
}
