import { agentChannelType, nextHostSeq, originKey } from '@nanoclaw/schema/plain'
import { timestamp, type Clock, type Ids, type Origin } from '@nanoclaw/schema/plain'
import { readLargestSeq } from '../mailbox/append-rows.ts'
import { deliveryFacts, type Tell } from '../mailbox/event-facts.ts'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'
import type { PendingRow } from '../mailbox/inbound-types.ts'
import { chatOf, isCalm, readMarks, removeMark, writeMark, type ChatMark } from './chat-mark.ts'
import { insertDelivery, untouched } from './delivery-rows.ts'
import type { ChatWords, Delivery, HostWords } from './types.ts'

/** So many threads of one chat are told in themselves that messages wait; the others in the chat. */
const threadsAtMost = 5

/** What the host's own messages are made with. */
export interface SayDeps {
  readonly statements: MailboxStatements
  readonly clock: Clock
  readonly ids: Ids
  readonly tell: Tell
}

/** What is to be said, and where. */
interface Words {
  /** Default: a new one. */
  readonly id?: string
  readonly text: string
  readonly origin: Origin
  readonly inReplyTo: string | null
}

/** Puts a message of the host's own into the ledger: its even `seq` says whose it is. */
function say(deps: SayDeps, { id, text, origin, inReplyTo }: Words): Delivery {
  const { statements, clock, ids, tell } = deps
  const delivery: Delivery = {
    id: id ?? ids.next('out'),
    seq: nextHostSeq(readLargestSeq(statements)),
    kind: 'chat',
    ...origin,
    content: JSON.stringify({ text }),
    status: 'queued',
    nextAttemptAt: null,
    error: null,
    ...untouched,
    inReplyTo,
    ...{ turnId: null, writtenAt: null, takenAt: timestamp(clock) },
    ...{ firstSentAt: null, lastSentAt: null },
  }
  insertDelivery(statements, delivery)
  tell(deliveryFacts(delivery))
  return delivery
}

/** Where people stand who have been told, and not yet that it is over. */
function isStanding(mark: ChatMark | undefined): mark is ChatMark {
  return mark?.recoveredAt === null
}

/** How often a trouble that begins now has come back: one that has been away for long is another. */
function returnsOf(mark: ChatMark | undefined, now: number): number {
  if (mark === undefined) return 0
  const { recoveredAt, returns } = mark
  if (recoveredAt === null) return returns
  return isCalm(recoveredAt, mark, now) ? 0 : returns + 1
}

/**
 * Says once, until it is over, that people cannot be answered. Who has been told that messages wait
 * is told of one that could not be answered, too: it waits no more.
 */
function sayTrouble(
  deps: SayDeps,
  mark: ChatMark | undefined,
  words: Words,
  { waits, forThreads = false }: { readonly waits: boolean; readonly forThreads?: boolean },
): readonly Delivery[] {
  const { statements, clock } = deps
  const { origin } = words
  const failedAt = timestamp(clock)
  const isFor = forThreads || (isStanding(mark) && mark.forThreads)
  if (isStanding(mark) && (waits || !mark.waits)) {
    // When it was last seen matters only to one that comes and goes.
    const isNews = mark.returns > 0 || isFor !== mark.forThreads
    if (isNews) writeMark(statements, origin, { ...mark, failedAt, forThreads: isFor })
    return []
  }
  const said = say(deps, words)
  const begun = { notice: said.id, waits, forThreads: isFor, failedAt, recoveredAt: null }
  writeMark(statements, origin, { ...begun, returns: returnsOf(mark, clock.now()) })
  return [said]
}

/** Says once that it is over; of what comes and goes only when it has been away for long. */
function sayRecovered(deps: SayDeps, text: string, from: Origin, inReplyTo: string) {
  const { statements, clock } = deps
  const { own, ofChat } = readMarks(statements, from)
  const isOwn = own !== undefined || ofChat?.forThreads !== true
  const mark = isOwn ? own : ofChat
  const origin = isOwn ? from : chatOf(from)
  if (mark === undefined) return []
  const { returns, failedAt, recoveredAt } = mark
  if (recoveredAt !== null) {
    if (isCalm(recoveredAt, mark, clock.now())) removeMark(statements, origin)
    return []
  }
  if (returns > 0 && !isCalm(failedAt, mark, clock.now())) return []
  writeMark(statements, origin, { ...mark, recoveredAt: timestamp(clock) })
  return [say(deps, { text, origin, inReplyTo })]
}

/** What is to be said of rows that have ended, in the order of their numbers. */
export function sayEnds(
  deps: SayDeps,
  words: ChatWords | undefined,
  ended: readonly { readonly row: PendingRow; readonly status: 'completed' | 'failed' }[],
): readonly Delivery[] {
  if (words === undefined) return []
  return ended
    .toSorted((a, b) => a.row.seq - b.row.seq)
    .flatMap(({ row: { id, origin, trigger }, status }) => {
      // Mere context wants no answer; mail of agents is nobody's chat.
      if (origin === null || !trigger || origin.channelType === agentChannelType) return []
      if (status === 'completed') return sayRecovered(deps, words.recovered, origin, id)
      const { own } = readMarks(deps.statements, origin)
      const unanswered = { text: words.unanswered, origin, inReplyTo: id }
      return sayTrouble(deps, own, unanswered, { waits: false })
    })
}

/** Says that messages wait: in a few threads of each chat, for the others in the chat itself. */
export function sayWaiting(
  deps: SayDeps,
  text: string,
  origins: readonly Origin[],
): readonly Delivery[] {
  const places = new Map(origins.map((origin) => [originKey(origin), origin]))
  const threads = new Map<string, number>()
  const waits = true
  return [...places.values()].flatMap((origin) => {
    if (origin.channelType === agentChannelType) return []
    const { own, ofChat } = readMarks(deps.statements, origin)
    const words = { text, origin, inReplyTo: null }
    if (origin.threadId === null) return sayTrouble(deps, own, words, { waits })
    const chat = chatOf(origin)
    const ahead = threads.get(originKey(chat)) ?? 0
    threads.set(originKey(chat), ahead + 1)
    const isCovered = !isStanding(own) && isStanding(ofChat) && ofChat.forThreads
    const isOwn = isStanding(own) || (ahead < threadsAtMost && !isCovered)
    if (isOwn) return sayTrouble(deps, own, words, { waits })
    return sayTrouble(deps, ofChat, { ...words, origin: chat }, { waits, forThreads: true })
  })
}

/** Says something to somebody who has spoken to the host, unless that has been said. */
export function sayOnce(
  deps: SayDeps,
  words: HostWords,
  inReplyTo: () => string | null,
): Delivery | undefined {
  const known = deps.statements.delivery().get({ id: words.id })
  if (known !== undefined && known.seq % 2 === 0) return undefined
  // A container that has taken the id must not silence the host.
  const id = known === undefined ? words.id : deps.ids.next('out')
  return say(deps, { ...words, id, inReplyTo: inReplyTo() })
}

/** One of the host's own messages has not gone out: whom it was to tell does not know. */
export function forgetNotice(statements: MailboxStatements, delivery: Delivery): void {
  const { id, seq, status, channelType, channelInstance, platformId, threadId } = delivery
  const isLost = seq % 2 === 0 && (status === 'failed' || status === 'refused')
  if (!isLost || channelType === null || platformId === null) return
  const origin = { channelType, channelInstance, platformId, threadId }
  if (readMarks(statements, origin).own?.notice === id) removeMark(statements, origin)
}
