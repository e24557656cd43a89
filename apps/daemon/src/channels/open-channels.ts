import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Agent, Core } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import type { ChannelEntry } from '../config/channel-entries.ts'
import type { DaemonLog } from '../log.ts'
import { channelName } from './channel-name.ts'
import type { ChannelBoard } from './channel-board.ts'
import { guardAdapter } from './guard-adapter.ts'
import { loadDefinition } from './load-definition.ts'
import { makeAdapter } from './make-adapter.ts'
import { optionFields } from './option-fields.ts'
import { createRedactor, secretsOf, type Redactor } from './redactor.ts'
import { wireChat } from './wire-chat.ts'

/** What opening the configured channels needs. */
export interface ChannelDeps {
  readonly home: string
  readonly core: Core
  /** Who answers in the chats that are named with a channel. */
  readonly agent: Agent
  readonly log: DaemonLog
  /** Where it is told which channels run. */
  readonly board: ChannelBoard
  /** Adapters that are there already: their places are taken. */
  readonly taken: readonly ChannelAdapter[]
}

/**
 * Makes the adapters of all entries that can be made, and their chats. A channel that cannot is
 * told on the board; the others go on without it.
 */
export async function openChannels(
  entries: readonly ChannelEntry[],
  deps: ChannelDeps,
): Promise<readonly ChannelAdapter[]> {
  const loaded = await Promise.all(
    entries.map(async (entry) => ({ entry, ...(await make(entry, deps)) })),
  )
  const open: ChannelAdapter[] = []
  for (const { entry, adapter, redactor } of loaded) {
    if (adapter === undefined) continue
    const { channelType, instance } = adapter
    const isTaken = [...deps.taken, ...open].some(
      (other) => other.channelType === channelType && other.instance === instance,
    )
    if (isTaken) {
      const which = instance === '' ? channelType : `${channelType} with the instance "${instance}"`
      await deps.board.failed(
        entry,
        `there is a channel ${which} already; give one of them another "instance"`,
      )
      continue
    }
    const guarded = guard(entry, adapter, redactor, deps)
    deps.board.opened(entry, guarded)
    open.push(guarded)
    for (const { id, name } of entry.chats) {
      // What has an id is there before anything can come from it.
      if (id !== undefined) await wire(entry, adapter, { id, name }, deps)
    }
  }
  return open
}

async function make(
  entry: ChannelEntry,
  { home, board }: ChannelDeps,
): Promise<{ readonly adapter?: ChannelAdapter; readonly redactor: Redactor }> {
  // Until the schema is known every text may be a secret.
  let redactor = createRedactor(secretsOf(entry, undefined))
  try {
    const definition = await loadDefinition(entry.adapter, home)
    redactor = createRedactor(secretsOf(entry, optionFields(definition)))
    return { adapter: await makeAdapter(definition, entry), redactor }
  } catch (error) {
    await board.failed(entry, redactor.text(errorMessage(error)))
    return { redactor }
  }
}

function guard(
  entry: ChannelEntry,
  adapter: ChannelAdapter,
  redactor: Redactor,
  deps: ChannelDeps,
): ChannelAdapter {
  return guardAdapter(adapter, {
    redactor,
    started: () => deps.board.works(entry),
    failed: (why) => deps.board.failed(entry, `it cannot start: ${why}`),
    prepare: () => lookUpChats(entry, adapter, redactor, deps),
  })
}

/** Finds the chats of which only the name is known. Rejects when the platform cannot be asked. */
async function lookUpChats(
  entry: ChannelEntry,
  adapter: ChannelAdapter,
  redactor: Redactor,
  deps: ChannelDeps,
): Promise<void> {
  const unknown = entry.chats.filter(({ id }) => id === undefined)
  if (unknown.length === 0) return
  const known = (await deps.core.chats.list()).filter(
    ({ channelType, channelInstance }) =>
      channelType === adapter.channelType && channelInstance === adapter.instance,
  )
  for (const { name } of unknown) {
    if (known.some((chat) => chat.name === name)) continue
    const id = await find(adapter, name).catch((error: unknown) => {
      const reason = redactor.text(errorMessage(error))
      deps.log.warn({ reason }, `the chat "${name}" of ${channelName(entry)} cannot be looked up`)
      throw error
    })
    if (id !== undefined) await wire(entry, adapter, { id, name }, deps)
    else {
      const why = 'the platform knows none of that name; give its "id" in config.json'
      await deps.board.chatFailed(entry, name, why)
    }
  }
}

async function find(adapter: ChannelAdapter, name: string): Promise<string | undefined> {
  return await adapter.resolve?.(name)
}

async function wire(
  entry: ChannelEntry,
  { channelType, instance }: ChannelAdapter,
  { id, name }: { readonly id: string; readonly name: string },
  { core, agent, board }: ChannelDeps,
): Promise<void> {
  try {
    await wireChat(core, agent, { channelType, channelInstance: instance, platformId: id }, name)
    await board.chatWorks(entry, name)
  } catch (error) {
    await board.chatFailed(entry, name, errorMessage(error))
  }
}
