import { agentChannelType, longestContent, placeKey, type Ids, type Place } from '@nanoclaw/schema'
import type { OutputBlock } from '../parser/parse-output.ts'
import type { Inbox, PendingRow } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import { placeOf, type TurnOrigin } from './places.ts'

/** A message whose place is settled; its thread and number are, when it is written. */
export interface Outgoing {
  readonly place: Place
  readonly text: string
  /** The number of the message it answers, if the model said so. */
  readonly replyTo?: number | undefined
}

/** What decides how an outgoing message is written. */
export interface OutgoingContext {
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly ids: Ids
  readonly origin: TurnOrigin
  /** Rows of the turn so far: a message to their place answers the last of them. */
  readonly rows: readonly PendingRow[]
  /** The id under which the turn's messages stand. */
  readonly ledgerId: string
}

/** A block's message, if its name still has a place. */
export function toOutgoing(
  block: OutputBlock,
  place: (name: string) => Place | undefined,
): Outgoing | undefined {
  const found = place(block.to)
  return found && { place: found, text: block.text, replyTo: block.replyTo }
}

function samePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a !== undefined && b !== undefined && placeKey(a) === placeKey(b)
}

function parseThread(json: string): string | null {
  const thread: unknown = JSON.parse(json)
  return typeof thread === 'string' ? thread : null
}

/** The thread that the conversation with a place is in; none for a new place. */
function threadFor(place: Place, context: OutgoingContext): string | null {
  if (samePlace(place, context.origin.place)) return context.origin.threadId
  const known = context.outbox.state(`thread:${placeKey(place)}`)
  if (known !== undefined) return parseThread(known)
  const routing = context.inbox.routing()
  if (routing !== undefined && samePlace(place, placeOf(routing))) return routing.threadId
  return null
}

/** What the turn is about: the last row that asks for an answer. */
function causeOf({ rows }: OutgoingContext): string | null {
  return rows.findLast((row) => row.trigger !== 0)?.id ?? null
}

function answeredRow(outgoing: Outgoing, context: OutgoingContext): string | null {
  const { replyTo } = outgoing
  const own = context.rows.find((row) => row.seq === replyTo)?.id
  const named = own ?? (replyTo === undefined ? undefined : context.inbox.idOf(replyTo))
  if (named !== undefined) return named
  const last = context.rows.findLast((row) => samePlace(placeOf(row), outgoing.place))
  if (last !== undefined || outgoing.place.channelType !== agentChannelType) return last?.id ?? null
  // Mail follows from what the turn is about, wherever that came from: so its hops are counted on.
  return causeOf(context)
}

function contentOf(text: string): string {
  return JSON.stringify({ text })
}

/**
 * Why a text cannot be sent as one message, for the model; undefined where it can. The host ends what
 * is longer as `failed`; told in the same turn, a model can send it in parts.
 */
export function tooLong(text: string): string | undefined {
  // No character takes more than six bytes in JSON.
  if (text.length * 6 < longestContent) return undefined
  const bytes = Buffer.byteLength(contentOf(text))
  if (bytes <= longestContent) return undefined
  return `has ${bytes} bytes and at most ${longestContent} are sent at once, so it was not sent. Send it in several messages, or as a file.`
}

/** Writes one message and returns its `seq`. Inside a write. */
export function insertOutgoing(
  outgoing: Outgoing,
  callKey: string | null,
  context: OutgoingContext,
): number {
  return context.outbox.insert({
    id: context.ids.next('out'),
    kind: 'chat',
    content: contentOf(outgoing.text),
    inReplyTo: answeredRow(outgoing, context),
    ...outgoing.place,
    threadId: threadFor(outgoing.place, context),
    turnId: context.ledgerId,
    callKey,
  })
}

/** Writes one system action and returns its id. Inside a write. */
export function insertAction(
  content: Readonly<Record<string, unknown>>,
  callKey: string,
  context: OutgoingContext,
): string {
  const id = context.ids.next('out')
  context.outbox.insert({
    ...{ id, kind: 'system', content: JSON.stringify(content), callKey },
    inReplyTo: causeOf(context),
    ...{ channelType: null, channelInstance: '', platformId: null, threadId: null },
    turnId: context.ledgerId,
  })
  return id
}
