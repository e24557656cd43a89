import { namePlace } from '../chats/name-place.ts'
import type { MailboxEvent } from '../events/types.ts'
import type { Delivery, OutboundAck } from '../ledger/types.ts'
import type { InboundRecord, Mailbox } from '../mailbox/mailbox.ts'
import type { OutboundReader } from '../mailbox/outbound-reader.ts'
import type { Session } from '../sessions/types.ts'
import { findMessage, withMailbox, type FindDeps } from './find-message.ts'
import type { FoundMessage, MessageTrace, TraceHop, TraceOptions } from './types.ts'

/** What the container says of a row; undefined where it says nothing, or cannot be read now. */
async function ackOf(
  reader: OutboundReader,
  { agentGroupId, id: sessionId }: Session,
  mailbox: Mailbox,
  rowId: string,
): Promise<OutboundAck | undefined> {
  const [after, largestSeq] = [await mailbox.cursor(), await mailbox.largestSeq()]
  const request = { agentGroupId, sessionId, after, largestSeq, limit: 0, ackIds: [rowId] }
  const outcome = await reader.read(request)
  return outcome.outcome === 'rows' ? outcome.acks[0] : undefined
}

function placeOf({ channelType, channelInstance, platformId }: Delivery): string | null {
  if (channelType === null || platformId === null) return null
  return `to ${namePlace({ channelType, channelInstance, platformId })}`
}

function inboundHops({ id, seq, kind, timestamp }: InboundRecord, ack?: OutboundAck): TraceHop[] {
  const accepted: TraceHop = { what: 'accepted', at: timestamp, id, seq, detail: kind }
  if (ack === undefined || ack.turnId === null || ack.claimedAt === null) return [accepted]
  const detail = (ack.claims ?? 1) > 1 ? `claim ${ack.claims}` : null
  const { turnId, claimedAt: at } = ack
  return [accepted, { what: 'claimed', at, id, seq, turnId, detail }]
}

function outboundHops(delivery: Delivery): TraceHop[] {
  const { id, seq, writtenAt, takenAt } = delivery
  const hops: TraceHop[] = []
  if (writtenAt !== null) hops.push({ what: 'written', at: writtenAt, id, seq, detail: null })
  if (takenAt !== null) {
    hops.push({ what: 'taken', at: takenAt, id, seq, detail: placeOf(delivery) })
  }
  return hops
}

function eventHop(event: MailboxEvent, inbound: InboundRecord | undefined): TraceHop[] {
  const { at } = event
  if (event.type === 'delivery') {
    const { id, seq, status, error: detail, platformMessageId } = event
    return [{ what: 'delivery', at, id, seq, status, detail, platformMessageId }]
  }
  if (event.type === 'turn' && inbound !== undefined) {
    const { status, turnId, error: detail } = event
    return [{ what: 'ended', at, id: inbound.id, seq: inbound.seq, status, turnId, detail }]
  }
  return []
}

/** The turns that a row was in, as events and the container tell. */
function turnsOf(events: readonly MailboxEvent[], ack: OutboundAck | undefined): string[] {
  const told = events.flatMap((event) => (event.type === 'turn' ? [event.turnId] : []))
  return [...new Set([...told, ack?.turnId ?? null])].filter((turnId) => turnId !== null)
}

async function hopsOf(
  mailbox: Mailbox,
  id: string,
  { session, direction }: FoundMessage,
  reader: OutboundReader | undefined,
): Promise<readonly TraceHop[]> {
  const delivery = direction === 'out' ? await mailbox.delivery(id) : undefined
  const inboundId = direction === 'in' ? id : delivery?.inReplyTo
  const inbound = inboundId ? await mailbox.inbound(inboundId) : undefined
  const ack = inbound && reader && (await ackOf(reader, session, mailbox, inbound.id))
  const ends = inbound ? await mailbox.eventsOf([inbound.seq]) : []
  const turns = inbound ? turnsOf(ends, ack) : delivery?.turnId ? [delivery.turnId] : []
  const answers = await mailbox.answers(inbound?.id ?? '', turns)
  const all = delivery === undefined ? answers : [delivery, ...answers]
  const byId = new Map(all.map((each) => [each.id, each]))
  const deliveries = [...byId.values()].sort((a, b) => a.seq - b.seq)
  const states = await mailbox.eventsOf(deliveries.map(({ seq }) => seq))
  const hops = [
    ...(inbound ? inboundHops(inbound, ack) : []),
    ...deliveries.flatMap(outboundHops),
    ...[...ends, ...states]
      .toSorted((a, b) => a.stamp - b.stamp)
      .flatMap((event) => eventHop(event, inbound)),
  ]
  // Stable: of one moment, what comes first above has happened first.
  return hops.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

/** What happened to a message; undefined where no session has it. */
export async function traceMessage(
  deps: FindDeps,
  id: string,
  { reader }: TraceOptions,
): Promise<MessageTrace | undefined> {
  const found = await findMessage(deps, id)
  if (found === undefined) return undefined
  const hops = await withMailbox(deps, found.session, (mailbox) =>
    hopsOf(mailbox, id, found, reader),
  )
  return { id, ...found, hops: hops ?? [] }
}
