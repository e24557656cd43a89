import { createTerminalAdapter, type TerminalAdapter } from '@nanoclaw/adapters/terminal'
import type { Chat, Core } from '@nanoclaw/core'
import type { Host } from '@nanoclaw/host'
import { NanoclawError, userId } from '@nanoclaw/schema'
import { findChat } from './admin/names/find-chat.ts'
import { placeName } from './admin/names/place-name.ts'
import { shellWord } from './admin/shell-word.ts'
import type { ControlRoom } from './control/server-deps.ts'
import { plainLine } from './screen/text.ts'

/** The handle of whoever sits at the terminal, in every conversation there. */
const handle = 'terminal'

/** The conversations of the terminal besides its first: each is an instance of it. */
export interface TerminalRooms {
  /** Of the chats that there were at the start. */
  readonly adapters: readonly TerminalAdapter[]
  /** Adds those of chats that have been added since. */
  open(host: Pick<Host, 'add'>): Promise<void>
  /**
   * Where somebody who names a chat talks. Throws NanoclawError `not-found`; `bad-state` for a chat
   * that is not of the terminal, or that no agent listens to.
   */
  enter(typed: string, host: Pick<Host, 'whenQuiet'>): Promise<ControlRoom>
}

/** The rooms of a home; `first` is the terminal's own chat. */
export async function createTerminalRooms(
  core: Core,
  first: TerminalAdapter,
): Promise<TerminalRooms> {
  const adapters = new Map<string, TerminalAdapter>([[first.instance, first]])
  const missing = async (): Promise<TerminalAdapter[]> => {
    const made: TerminalAdapter[] = []
    for (const chat of await core.chats.list()) {
      const { channelType, channelInstance: instance } = chat
      if (channelType !== first.channelType) continue
      await introduce(core, chat)
      if (adapters.has(instance)) continue
      const adapter = createTerminalAdapter({ instance, chatId: chat.platformId })
      adapters.set(instance, adapter)
      made.push(adapter)
    }
    return made
  }
  return {
    adapters: await missing(),
    async open(host) {
      for (const adapter of await missing()) await host.add(adapter)
    },
    async enter(typed, host) {
      const chat = await findChat(core, typed)
      const terminal = adapters.get(chat.channelInstance)
      if (terminal === undefined || chat.channelType !== first.channelType) throw elsewhere(chat)
      const agent = await whoListens(core, chat)
      const whenQuiet = (signal: AbortSignal) => host.whenQuiet(chat.id, signal)
      return { terminal, whenQuiet, names: { agent, chat: chat.name } }
    },
  }
}

/** Whoever sits at the terminal is the same person in all of its conversations. */
async function introduce(core: Core, { channelType, channelInstance }: Chat): Promise<void> {
  const account = { channelType, channelInstance, handle }
  const person = await core.people.find(userId({ ...account, channelInstance: '' }))
  if (person === undefined || (await core.people.find(userId(account))) !== undefined) return
  await core.people.add({ ...account, personId: person.id }, 'host')
}

async function whoListens(core: Core, { id, name }: Chat): Promise<string> {
  const wirings = await core.wirings.forChat(id)
  const agents = await Promise.all(wirings.map(({ agentGroupId }) => core.agents.get(agentGroupId)))
  const names = agents.flatMap((agent) => agent?.name ?? [])
  if (names.length > 0) return names.join(' and ')
  const advice = `nanoclaw wire AGENT ${shellWord(plainLine(name))}`
  throw new NanoclawError(
    'bad-state',
    `no agent listens to ${plainLine(name)}; have one: ${advice}`,
  )
}

function elsewhere(chat: Chat): NanoclawError {
  const where = `${plainLine(chat.name)} is ${plainLine(placeName(chat))}`
  const advice = 'this command talks in conversations of the terminal; one more of them: nanoclaw'
  return new NanoclawError('bad-state', `${where}; ${advice} chats add terminal --name NAME`)
}
