import { isAsked, type Core, type Delivery, type Session } from '@nanoclaw/core'
import { errorMessage, type DeliveryStatus } from '@nanoclaw/schema'
import type { DeliveriesReport, DeliveryReport } from '../control/delivery-report.ts'
import { firstWords } from './first-words.ts'

/** Which deliveries are listed. */
export interface DeliveriesQuery {
  /** Those alone that did not arrive, or of which a person is asked whether they did. */
  readonly failed: boolean
  readonly limit: number
}

const troubled: readonly DeliveryStatus[] = ['failed', 'refused', 'ambiguous']

/** What a list shows of a delivery's session. */
interface Names {
  readonly agent: string
  /** The agent's name of each place, by {@link placeKey}. */
  readonly places: ReadonlyMap<string, string>
}

/** Deliveries of all sessions, newest first. A session that cannot be read stops nothing. */
export async function describeDeliveries(
  core: Core,
  query: DeliveriesQuery,
): Promise<DeliveriesReport> {
  const sessions = await core.sessions.list()
  const names = await namesByAgent(core)
  const unread: { sessionId: string; why: string }[] = []
  let newest: DeliveryReport[] = []
  for (const session of sessions) {
    const read = deliveriesOf(core, session, query).catch((error: unknown) => {
      unread.push({ sessionId: session.id, why: errorMessage(error) })
      return []
    })
    const found = (await read).map((one) => {
      return toReport(one, session, names.get(session.agentGroupId))
    })
    newest = [...newest, ...found].sort(byAge).slice(0, query.limit)
  }
  return { deliveries: newest, sessions: sessions.length, unread }
}

async function deliveriesOf(
  { mailboxes }: Core,
  { agentGroupId, id }: Session,
  { failed, limit }: DeliveriesQuery,
): Promise<readonly Delivery[]> {
  await using mailbox = await mailboxes.openExisting(agentGroupId, id)
  if (mailbox === undefined) return []
  if (!failed) return await mailbox.deliveries({ limit })
  const found = await mailbox.deliveries({ statuses: troubled, limit })
  return found.filter((one) => one.status !== 'ambiguous' || isAsked(one))
}

async function namesByAgent(core: Core): Promise<ReadonlyMap<string, Names>> {
  const chats = new Map((await core.chats.list()).map((chat) => [chat.id, chat]))
  const names = new Map<string, Names>()
  for (const { id, name } of await core.agents.list()) {
    const places = (await core.destinations.list(id)).flatMap(({ target, localName }) => {
      const chat = target.type === 'channel' ? chats.get(target.messagingGroupId) : undefined
      return chat === undefined ? [] : [[placeKey(chat), localName] as const]
    })
    names.set(id, { agent: name, places: new Map(places) })
  }
  return names
}

function placeKey(place: {
  readonly channelType: string
  readonly channelInstance: string
  readonly platformId: string
}): string {
  return JSON.stringify([place.channelType, place.channelInstance, place.platformId])
}

function toReport(one: Delivery, session: Session, names: Names | undefined): DeliveryReport {
  const { id, kind, status, attempts, ambiguousCount, nextAttemptAt, deliveredAt, error } = one
  // An even number is the host's own: it speaks in the chat itself.
  const agent = one.seq % 2 === 0 ? 'nanoclaw' : (names?.agent ?? session.agentGroupId)
  return {
    id,
    sessionId: session.id,
    agent,
    to: placeName(one, names),
    kind,
    status,
    asked: isAsked(one),
    attempts,
    ambiguousCount,
    at: one.takenAt ?? one.writtenAt,
    nextAttemptAt,
    deliveredAt,
    error,
    inReplyTo: one.inReplyTo,
    text: firstWords(kind, one.content),
  }
}

function placeName(one: Delivery, names: Names | undefined): string | null {
  const { channelType, channelInstance, platformId } = one
  if (channelType === null || platformId === null) return null
  const known = names?.places.get(placeKey({ channelType, channelInstance, platformId }))
  return known ?? `${channelType}:${platformId}`
}

function byAge(a: DeliveryReport, b: DeliveryReport): number {
  return (b.at ?? '').localeCompare(a.at ?? '')
}
