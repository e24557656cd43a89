import type { HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { Appended, Chat, Wiring } from '@nanoclaw/core'
import { dedupeKey, NanoclawError, userId, type Account, type Place } from '@nanoclaw/schema'
import { appendEvent, type AppendRows, type EventRow } from './append-event.ts'
import { createEngagement } from './engage.ts'
import { chatContentOf } from './inbound-content.ts'
import type { SlashRequest } from './slash/types.ts'
import { createStrangers } from './strangers.ts'
import type { RouteEvent, Router, RouterDeps } from './types.ts'
import { createArrival } from './arrival.ts'

/** What became of an event at one agent. */
type Offered = HandOverResult | undefined

/** Looks at one sender, where a person decides about them at the same moment. */
const mostTries = 5

interface Arrived {
  readonly chat: Chat
  readonly account: Account
  readonly event: InboundEvent
  readonly row: EventRow
  readonly append: AppendRows
  /** It is a command. */
  readonly asked: SlashRequest | undefined
}

function rejected(reason: string): HandOverResult {
  return { outcome: 'rejected', reason }
}

function tooLong(longest: number): string {
  return `without its text it has more than ${longest} bytes: what it says of its files and sender is too long`
}

function outcomeOf(appended: readonly Appended[]): HandOverResult {
  const isNew = appended.some(({ outcome }) => outcome === 'accepted')
  return { outcome: isNew ? 'accepted' : 'duplicate' }
}

/** New to one agent is new; kept by one is not rejected by another. */
function together(offers: readonly HandOverResult[]): HandOverResult {
  const found = (outcome: HandOverResult['outcome']) =>
    offers.find((offer) => offer.outcome === outcome)
  return (
    found('accepted') ??
    found('duplicate') ??
    found('rejected') ??
    rejected('no agent listens to this')
  )
}

function rowOf(place: Place, event: InboundEvent): EventRow | undefined {
  const content = chatContentOf(event)
  if (content === undefined) return undefined
  const { threadId, platformMessageId, revision = '' } = event
  return {
    kind: 'chat',
    content,
    origin: { ...place, threadId },
    platformMessageId,
    dedupeKey: dedupeKey({ ...place, event: event.type, platformMessageId, revision }),
  }
}

/** By the rules of the central database. */
export function createRouter(deps: RouterDeps): Router {
  const { core, limits, slash } = deps
  const engagement = createEngagement(core)
  const judge = createStrangers(core)
  const arrive = createArrival(deps)

  /** Undefined: it is nothing to this agent. */
  async function offer(wiring: Wiring, arrived: Arrived, tries = 1): Promise<Offered> {
    const { chat, account, event, row, asked } = arrived
    const isEngaged = asked !== undefined || (await engagement.engages(wiring, event))
    if (!isEngaged && wiring.ignored !== 'accumulate') return undefined
    const { agentGroupId } = wiring
    if (!(await core.people.isMember(agentGroupId, userId(account)))) {
      // Nobody is asked about what is only context.
      if (!isEngaged && chat.unknownSenders === 'request_approval') return undefined
      const dedupe = row.dedupeKey ?? ''
      const judged = await judge({ chat, agentGroupId, account, event, dedupeKey: dedupe })
      if (judged.fate === 'dropped') return rejected(judged.reason)
      if (judged.fate === 'held') return { outcome: 'accepted' }
      if (judged.fate === 'known') return { outcome: 'duplicate' }
      if (judged.fate === 'again') {
        if (tries < mostTries) return offer(wiring, arrived, tries + 1)
        throw new NanoclawError('bad-state', 'what people say of the sender changes all the time')
      }
    }
    return give(wiring, arrived, isEngaged)
  }

  async function give(wiring: Wiring, arrived: Arrived, trigger: boolean): Promise<Offered> {
    const { chat, event, row, append, account, asked } = arrived
    if (asked !== undefined) return asked.obey(wiring, { event, row, user: userId(account) })
    if (trigger) await engagement.given(wiring, event)
    const { session } = await core.resolveSession({
      agentGroupId: wiring.agentGroupId,
      messagingGroupId: chat.id,
      threadId: event.threadId,
      sessionMode: wiring.sessionMode,
    })
    const appended = await appendEvent(deps, append, session, trigger ? row : { ...row, trigger })
    return appended === undefined ? rejected(tooLong(limits.contentBytes)) : outcomeOf(appended)
  }

  const route: RouteEvent = async ({ channelType, instance }, event, append) => {
    if (event.instance !== instance) {
      return rejected(
        `expected events of instance "${instance}" from this adapter, got one of "${event.instance}"`,
      )
    }
    if (event.sender.isSelf) return rejected('a bot does not talk to itself')
    const place: Place = { channelType, channelInstance: instance, platformId: event.chatId }
    const account: Account = { channelType, channelInstance: instance, handle: event.sender.id }
    const chat = await core.chats.find(place)
    if (chat === undefined) return rejected(`no chat is known at ${channelType}:${event.chatId}`)
    const row = rowOf(place, event)
    if (row === undefined) return rejected(`a ${event.type} event is for no agent`)
    const wirings = await core.wirings.forChat(chat.id)
    const asked = await slash?.read(event, wirings, (one) => engagement.engages(one, event))
    const offers: HandOverResult[] = []
    for (const wiring of asked?.wirings ?? wirings) {
      const offered = await offer(wiring, { chat, account, event, row, append, asked })
      if (offered !== undefined) offers.push(offered)
    }
    return together(offers)
  }

  return { arrive, route }
}
