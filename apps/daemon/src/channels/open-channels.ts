import type { ChannelAdapter } from '@nanoclaw/adapters'
import { errorMessage, timestamp } from '@nanoclaw/schema'
import type { ChannelEntry } from '../config/channel-entries.ts'
import type { DaemonLog } from '../log.ts'
import { channelName } from './channel-name.ts'
import { createChatLookUp, wireConfigured, type ChatDeps } from './chat-look-up.ts'
import { guardAdapter } from './guard-adapter.ts'
import { loadDefinition } from './load-definition.ts'
import { makeAdapter } from './make-adapter.ts'
import { optionFields } from './option-fields.ts'
import { createRedactor, secretsOf, type Redactor } from './redactor.ts'
import { within } from './within.ts'

/** What opening the configured channels needs. */
export interface ChannelDeps extends ChatDeps {
  readonly home: string
  readonly log: DaemonLog
  /** Adapters that are there already: their places are taken. */
  readonly taken: readonly ChannelAdapter[]
}

/** The configured channels, as far as they could be made. */
export interface OpenedChannels {
  readonly adapters: readonly ChannelAdapter[]
  /** Those whose packages take longer. Undefined: it could not be made. None rejects. */
  readonly late: readonly Promise<ChannelAdapter | undefined>[]
}

/** How long others wait for a package that takes long to load, in milliseconds. */
const patienceMs = 3_000

/**
 * Makes the adapters of all entries that can be made, and their chats. A channel that cannot is
 * told on the board; the others go on without it.
 */
export async function openChannels(
  entries: readonly ChannelEntry[],
  deps: ChannelDeps,
): Promise<OpenedChannels> {
  const taken = [...deps.taken]
  const open = async ({ entry, making }: Opening): Promise<ChannelAdapter | undefined> => {
    const { adapter, redactor } = await making
    if (adapter === undefined || !(await takePlace(entry, adapter, taken, deps))) return undefined
    const guarded = guard(entry, adapter, redactor, deps)
    deps.board.opened(entry, guarded)
    for (const chat of entry.chats) {
      const { id } = chat
      // What has an id is there before anything can come from it.
      if (id !== undefined) await wireConfigured(entry, adapter, { ...chat, id }, deps)
    }
    return guarded
  }
  const openings = entries.map((entry) => ({ entry, making: make(entry, deps) }))
  const done = await doneInTime(openings)
  const adapters: ChannelAdapter[] = []
  // In the order of the configuration: of two that want one place the first has it.
  for (const opening of openings) {
    const adapter = done.has(opening) ? await open(opening) : undefined
    if (adapter !== undefined) adapters.push(adapter)
  }
  return { adapters, late: openings.filter((opening) => !done.has(opening)).map(open) }
}

interface Opening {
  readonly entry: ChannelEntry
  readonly making: Promise<Made>
}

interface Made {
  readonly adapter?: ChannelAdapter
  readonly redactor: Redactor
}

/** Those that are made, or cannot be, before the others' patience ends. */
async function doneInTime(openings: readonly Opening[]): Promise<ReadonlySet<Opening>> {
  const done = new Set<Opening>()
  const all = openings.map((opening) => opening.making.then(() => void done.add(opening)))
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs)
  })
  await Promise.race([Promise.all(all), patience])
  clearTimeout(timer)
  return new Set(done)
}

/** False where another channel has it; that is told on the board. */
async function takePlace(
  entry: ChannelEntry,
  adapter: ChannelAdapter,
  taken: ChannelAdapter[],
  { board }: ChannelDeps,
): Promise<boolean> {
  const { channelType, instance } = adapter
  const isTaken = taken.some(
    (other) => other.channelType === channelType && other.instance === instance,
  )
  if (!isTaken) {
    taken.push(adapter)
    return true
  }
  const which = instance === '' ? channelType : `${channelType} with the instance "${instance}"`
  const why = `there is a channel ${which} already; give one of them another "instance"`
  await board.failed(entry, why)
  return false
}

async function make(entry: ChannelEntry, { home, board, log }: ChannelDeps): Promise<Made> {
  board.loading(entry)
  // Read when a package has ended the whole process.
  log.info({ channel: channelName(entry) }, 'loading a channel')
  // Until the schema is known every text may be a secret.
  let redactor = createRedactor(secretsOf(entry, undefined))
  try {
    const load = async (): Promise<ChannelAdapter> => {
      const definition = await loadDefinition(entry.adapter, home)
      redactor = createRedactor(secretsOf(entry, optionFields(definition)))
      return await makeAdapter(definition, entry)
    }
    const adapter = await within(
      load,
      'it has not loaded, checked its options and made its adapter',
    )
    return { adapter, redactor }
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
    chats: createChatLookUp(entry, adapter, redactor, deps),
    now: () => timestamp(deps.core.clock),
  })
}
