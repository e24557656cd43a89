import type { ChannelAdapter, HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { Agent, Chat, Core, Logger, Wiring } from '@nanoclaw/core'
import { dedupeKey, errorMessage, userId, type Role } from '@nanoclaw/schema'
import type { AppendRows } from '../router/append-event.ts'
import type { ByHand } from '../session/by-hand.ts'
import { findSession } from './find-session.ts'
import { commandRoles, mayCommand, readCommand, type Command } from './read-command.ts'
import { sayInChat } from './say-in-chat.ts'

/** What people's commands take. */
export interface CommandsDeps {
  readonly core: Core
  readonly byHand: Pick<ByHand, 'clear'>
  readonly logger: Logger
}

/** The slash commands of people, which no agent sees. */
export interface Commands {
  /** What became of an event that is a command; undefined for every other, and for a stranger's. */
  take(
    adapter: ChannelAdapter,
    event: InboundEvent,
    append: AppendRows,
  ): Promise<HandOverResult | undefined>
  /** Ends what is being said. */
  stop(): Promise<void>
}

/** An agent that listens in the chat, and what the sender is to it. */
interface Listener {
  readonly agent: Agent
  readonly wiring: Wiring
  readonly role: Role | null
}

interface Given {
  readonly chat: Chat
  readonly event: InboundEvent
  readonly user: string
  readonly append: AppendRows
}

const mostKnown = 1_000

const help = [
  '/stop ends what the agent is doing; what waits goes on',
  '/status says whether it is at work',
  '/compact has it shorten what it remembers (admins)',
  '/clear has it forget this conversation (admins)',
  '/help says this',
].join('\n')

/** A row for the runner, which is at work. */
async function tellRunner(
  core: Core,
  { agent, wiring }: Listener,
  { event, chat, append }: Given,
  command: 'stop' | 'compact',
): Promise<string> {
  const session = await findSession(core, wiring, event.threadId)
  if (session === undefined) return `${agent.name} has no conversation here yet.`
  if (session.containerStatus !== 'running') return `${agent.name} is not at work.`
  const { channelType, channelInstance, platformId } = chat
  const place = { channelType, channelInstance, platformId }
  const { platformMessageId } = event
  const named = { ...place, platformMessageId, event: 'command', revision: command }
  await append(session, [
    {
      kind: 'system',
      content: { type: 'command', command },
      origin: null,
      dedupeKey: dedupeKey(named),
    },
  ])
  return command === 'stop'
    ? `${agent.name} was told to stop.`
    : `${agent.name} was told to shorten what it remembers.`
}

/** Whether an event is none of the last ones: a platform may say a thing twice. */
function createLastOnes(): (name: string) => boolean {
  const known = new Set<string>()
  return (name) => {
    if (known.has(name)) return false
    known.add(name)
    for (const oldest of known) {
      if (known.size <= mostKnown) break
      known.delete(oldest)
    }
    return true
  }
}

async function statusOf(
  core: Core,
  { agent, wiring }: Listener,
  { event }: Given,
): Promise<string> {
  const session = await findSession(core, wiring, event.threadId)
  if (session === undefined) return `${agent.name} has no conversation here yet.`
  const state = session.containerStatus === 'running' ? 'awake' : 'asleep'
  const last = session.lastActive === null ? '' : `, last active ${session.lastActive}`
  return `${agent.name} is ${state}${last}.`
}

async function listenersOf(core: Core, chat: Chat, user: string): Promise<readonly Listener[]> {
  const listeners: Listener[] = []
  for (const wiring of await core.wirings.forChat(chat.id)) {
    const agent = await core.agents.get(wiring.agentGroupId)
    const role = await core.people.roleFor(wiring.agentGroupId, user)
    if (agent !== undefined) listeners.push({ agent, wiring, role })
  }
  return listeners
}

/** By role of the moment, before anybody asks which agent engages. */
export function createCommands({ core, byHand, logger }: CommandsDeps): Commands {
  const ending = new AbortController()
  const underWay = new Set<Promise<void>>()
  const isNew = createLastOnes()

  async function clear({ agent, wiring }: Listener, { event, user }: Given): Promise<string> {
    const session = await findSession(core, wiring, event.threadId)
    if (session === undefined) return `${agent.name} has no conversation here yet.`
    await byHand.clear(session.id, user, ending.signal)
    return `${agent.name} has forgotten this conversation.`
  }

  function obey(command: Command, listener: Listener, given: Given): Promise<string> {
    const { agent, role } = listener
    if (!mayCommand(role, command)) {
      const word = `/${command} is for ${commandRoles[command] === 'admin' ? 'admins' : 'members'}`
      return Promise.resolve(`${word} of ${agent.name}; nothing was changed.`)
    }
    if (command === 'help') return Promise.resolve(help)
    if (command === 'status') return statusOf(core, listener, given)
    if (command === 'clear') return clear(listener, given)
    return tellRunner(core, listener, given, command)
  }

  /** Beside the hand-over: a container that ends, and a platform, take their time. */
  function answer(adapter: ChannelAdapter, event: InboundEvent, doing: Promise<string>): void {
    const { signal } = ending
    const work = doing
      .then((text) => sayInChat({ core, logger, signal }, adapter, event, text))
      .catch((error: unknown) => {
        if (!signal.aborted) {
          logger.error({ err: error }, `a command failed: ${errorMessage(error)}`)
        }
      })
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }

  return {
    async take(adapter, event, append) {
      const command = readCommand(event)
      if (command === undefined || event.sender.isSelf) return undefined
      const { channelType, instance: channelInstance } = adapter
      if (event.instance !== channelInstance) return undefined
      const chat = await core.chats.find({ channelType, channelInstance, platformId: event.chatId })
      if (chat === undefined) return undefined
      const user = userId({ channelType, channelInstance, handle: event.sender.id })
      const listeners = await listenersOf(core, chat, user)
      const isKnown = listeners.some(({ role }) => role !== null)
      if (!isKnown && (chat.unknownSenders !== 'public' || listeners.length === 0)) return undefined
      const name = JSON.stringify([
        channelType,
        channelInstance,
        event.chatId,
        event.platformMessageId,
      ])
      if (!isNew(name)) return { outcome: 'duplicate' }
      const given = { chat, event, user, append }
      const doing = Promise.all(listeners.map((one) => obey(command, one, given))).then((lines) =>
        [...new Set(lines)].join('\n'),
      )
      answer(adapter, event, doing)
      // What is told to a runner is a row, durable before it is confirmed.
      if (command !== 'clear') await doing
      return { outcome: 'accepted' }
    },
    async stop() {
      ending.abort()
      await Promise.allSettled(underWay)
    },
  }
}
