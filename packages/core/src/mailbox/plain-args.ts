import type { Origin, Place } from '@nanoclaw/schema'
import type {
  ChatWords,
  DeliveryChange,
  DeliveryFilter,
  HostWords,
  OutboundRow,
  PartChange,
  TakenRow,
} from '../ledger/types.ts'
import type { PruneRequest } from '../retention/types.ts'
import type { NewInbound } from './inbound-types.ts'
import type { ProjectedDestination, SessionProjection } from './mailbox.ts'

/**
 * Copies what is known of an object, however it has it: what is sent to a thread loses getters and
 * prototypes, and may have no functions.
 */
function copier<T extends object>(known: Record<keyof T, true>): (given: T) => T {
  const names = Object.keys(known) as (keyof T)[]
  return (given) => {
    const plain: Partial<T> = {}
    for (const name of names) {
      const value = given[name]
      if (value !== undefined) plain[name] = value
    }
    return plain as T
  }
}

/** Where something comes from, as plain data. */
export const plainOrigin = copier<Origin>({
  channelType: true,
  channelInstance: true,
  platformId: true,
  threadId: true,
})

const copyHostWords = copier<HostWords>({ id: true, text: true, origin: true })

/** What the host says, as plain data. */
export function plainHostWords(words: HostWords): HostWords {
  const plain = copyHostWords(words)
  return { ...plain, origin: plainOrigin(plain.origin) }
}

const copyInbound = copier<Omit<NewInbound, 'content'>>({
  ...{ id: true, kind: true, origin: true, platformMessageId: true, dedupeKey: true },
  ...{ processAfter: true, trigger: true, onWake: true, sourceSessionId: true, hops: true },
})

/** A row for the agent, without its content, as plain data. */
export function plainInbound(row: Omit<NewInbound, 'content'>): Omit<NewInbound, 'content'> {
  const plain = copyInbound(row)
  return { ...plain, origin: plain.origin && plainOrigin(plain.origin) }
}

const copyOutbound = copier<OutboundRow>({
  ...{ id: true, seq: true, kind: true, inReplyTo: true, turnId: true, timestamp: true },
  ...{ deliverAfter: true, channelType: true, channelInstance: true, platformId: true },
  ...{ threadId: true, content: true, tooLong: true },
})
const copyTaken = copier<TakenRow>({ row: true, status: true, nextAttemptAt: true, error: true })

/** A row to be taken, as plain data. */
export function plainTaken(taken: TakenRow): TakenRow {
  const plain = copyTaken(taken)
  return { ...plain, row: copyOutbound(plain.row) }
}

const copyWords = copier<ChatWords>({ unanswered: true, waiting: true, recovered: true })

/** What to say in chats, as plain data. */
export function plainWords(words: ChatWords | undefined): ChatWords | undefined {
  return words && copyWords(words)
}

/** A change of a delivery, as plain data. */
export const plainChange = copier<DeliveryChange>({
  ...{ status: true, attempts: true, ambiguousCount: true, nextAttemptAt: true },
  ...{ platformMessageId: true, error: true, askedAt: true },
})

/** A change of a part, as plain data. */
export const plainPart = copier<PartChange>({
  ...{ part: true, status: true, content: true, platformMessageId: true },
  ...{ attempts: true, ambiguousCount: true, error: true },
})

/** A place, as plain data. */
export const plainPlace = copier<Place>({
  channelType: true,
  channelInstance: true,
  platformId: true,
})

/** Which deliveries, as plain data. */
export const plainFilter = copier<DeliveryFilter>({ statuses: true, limit: true })

const copyDestination = copier<ProjectedDestination>({
  ...{ name: true, displayName: true, type: true, channelType: true, channelInstance: true },
  ...{ platformId: true, agentGroupId: true },
})
const copyProjection = copier<SessionProjection>({
  ...{ destinations: true, routing: true, unaddressedOutput: true, onInterrupted: true },
})

/** What the runner is told, as plain data. */
export function plainProjection(projection: SessionProjection): SessionProjection {
  const plain = copyProjection(projection)
  return {
    ...plain,
    destinations: plain.destinations.map(copyDestination),
    routing: plain.routing && plainOrigin(plain.routing),
  }
}

/** What to prune, as plain data. */
export const plainPrune = copier<PruneRequest>({
  ...{ inboundIds: true, deliveryIds: true, throughEvent: true, before: true, archived: true },
})
