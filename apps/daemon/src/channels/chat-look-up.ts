import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Agent, Core } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import type { ChannelEntry, ChatEntry } from '../config/channel-entries.ts'
import type { ChannelBoard } from './channel-board.ts'
import type { Redactor } from './redactor.ts'
import { wireChat } from './wire-chat.ts'
import { within } from './within.ts'

/** How long a platform may take to find a chat, in milliseconds. */
const findLimitMs = 10_000
/** Before names that were not found are looked up again, in milliseconds. */
const againMs = 60_000

/** What making the chats of a channel needs. */
export interface ChatDeps {
  readonly core: Core
  /** Who answers in the chats that are named with a channel. */
  readonly agent: Agent
  /** Where it is told which channels run. */
  readonly board: ChannelBoard
}

/** Finds the chats of a channel of which only the name is configured. No function rejects. */
export interface ChatLookUp {
  /** Looks up those that are not known yet. */
  run(): Promise<void>
  /**
   * Before a message of this chat goes on: one that nobody knows may be the one that is being
   * looked up. Resolves at once where it is known, or where nothing is left to find.
   */
  before(chatId: string): Promise<void>
}

/** Looks nothing up before it is told to. */
export function createChatLookUp(
  entry: ChannelEntry,
  adapter: ChannelAdapter,
  redactor: Redactor,
  deps: ChatDeps,
): ChatLookUp {
  const { core, board } = deps
  const { channelType, instance: channelInstance } = adapter
  const left = new Map(
    entry.chats.flatMap((chat) => (chat.id === undefined ? [[chat.name, chat] as const] : [])),
  )
  let running: Promise<void> | undefined
  let againAt = 0

  const find = async (chat: ChatEntry): Promise<void> => {
    const { name } = chat
    try {
      const found: unknown = await within(
        async () => await adapter.resolve?.(name),
        'the platform has not found it',
        { limitMs: findLimitMs },
      )
      if (typeof found === 'string' && found !== '') {
        await wireConfigured(entry, adapter, { ...chat, id: found }, deps)
        left.delete(name)
        return
      }
      const why = 'the platform knows none of that name; give its "id" in config.json'
      await board.chatFailed(entry, name, why)
    } catch (error) {
      const why = `it cannot be looked up: ${redactor.text(errorMessage(error))}`
      await board.chatFailed(entry, name, why)
    }
  }
  const findAll = async (): Promise<void> => {
    for (const chat of await core.chats.list()) {
      const isOurs = chat.channelType === channelType && chat.channelInstance === channelInstance
      if (isOurs) left.delete(chat.name)
    }
    await Promise.all([...left.values()].map(find))
  }
  const run = (): Promise<void> => {
    if (left.size === 0) return Promise.resolve()
    running ??= findAll()
      // The store cannot be used; whatever needs it says so.
      .catch(() => undefined)
      .finally(() => {
        running = undefined
        againAt = performance.now() + againMs
      })
    return running
  }

  return {
    run,
    async before(chatId) {
      const isTime = running !== undefined || performance.now() >= againAt
      if (left.size === 0 || !isTime) return
      const place = { channelType, channelInstance, platformId: chatId }
      const known = await core.chats.find(place).catch(() => undefined)
      if (known === undefined) await run()
    },
  }
}

/** Makes a configured chat and wires it, and tells on the board what comes of it. */
export async function wireConfigured(
  entry: ChannelEntry,
  { channelType, instance }: ChannelAdapter,
  chat: ChatEntry & { readonly id: string },
  { core, agent, board }: ChatDeps,
): Promise<void> {
  const { id, name } = chat
  try {
    await wireChat(core, agent, { channelType, channelInstance: instance, platformId: id }, chat)
    await board.chatWorks(entry, name)
  } catch (error) {
    await board.chatFailed(entry, name, errorMessage(error))
  }
}
