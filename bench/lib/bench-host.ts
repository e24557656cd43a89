import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runner } from '@nanoclaw/container-runtime'
import { createCore, type Core, type Logger, type Mailbox } from '@nanoclaw/core'
import { createHost, type Host, type MakeSessionDriver } from '@nanoclaw/host'
import type { SessionLayout } from '@nanoclaw/schema'
import { createBenchAdapter, type BenchAdapter } from './bench-adapter.ts'
import { watchDriver, watchMailbox, type Moment } from './hops.ts'

/** Only what goes wrong is said. */
const benchLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (details, message) => process.stderr.write(`warn: ${message} ${JSON.stringify(details)}\n`),
  error: (details, message) =>
    process.stderr.write(`error: ${message} ${JSON.stringify(details)}\n`),
}

/** What a benchmark chooses of its host. */
export interface BenchHostOptions {
  readonly driver: MakeSessionDriver
  /** How many chats there are, each with a session of its own. Default 1. */
  readonly chats?: number
  /** How many containers may run at once. Default: the host's own. */
  readonly containers?: number
  /** An idle container is ended after so many milliseconds. Default: the host's own. */
  readonly idleMs?: number
  /** For how many days what has ended is kept. Default 90. */
  readonly retentionDays?: number
  /** A home that is there already, with its chats; kept. Default: a new one, removed at the end. */
  readonly there?: BenchHome
  /** The home is not removed at the end. */
  readonly keep?: boolean
  /** From the first moment; may be changed later. */
  readonly onMark?: BenchHost['onMark']
}

/** A home that outlives its host. */
export interface BenchHome {
  readonly home: string
  readonly chats: readonly BenchChat[]
}

/** One chat and the session that answers in it. */
export interface BenchChat {
  readonly chatId: string
  readonly agentGroupId: string
  readonly sessionId: string
}

/** A whole host on a home of its own, and the moment at which each delivery is committed. */
export interface BenchHost {
  readonly home: string
  readonly core: Core
  readonly host: Host
  readonly adapter: BenchAdapter
  readonly chats: readonly BenchChat[]
  /** Where the n-th chat's session has its files. */
  files(chat?: number): SessionLayout
  /** Told of everything that messages pass; for one at a time. */
  onMark: (moment: Moment, sessionId: string) => void
  /** Hands a text over in the n-th chat; resolves when its answer is committed as `delivered`. */
  roundTrip(text: string, chat?: number): Promise<void>
  /** Resolves when no container runs and all sessions have been put away. */
  asleep(): Promise<void>
  stop(): Promise<void>
}

/** An agent has so many chats, and so many names in its address book. */
const chatsOfAgent = 10

async function makeChats(
  core: Core,
  { chats: count = 1, retentionDays = 90 }: BenchHostOptions,
): Promise<readonly BenchChat[]> {
  await core.people.add({
    channelType: 'bench',
    channelInstance: '',
    handle: 'ann',
    role: { role: 'member' },
  })
  let agent = await core.agents.create({ name: 'Ada', retentionDays, archive: false })
  const chats: BenchChat[] = []
  for (let index = 0; index < count; index += 1) {
    if (index > 0 && index % chatsOfAgent === 0) {
      agent = await core.agents.create({ name: 'Ada', retentionDays, archive: false })
    }
    const chatId = `chat-${index}`
    const place = { channelType: 'bench', channelInstance: '', platformId: chatId }
    const chat = await core.chats.create({ ...place, name: chatId })
    await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
    const { session } = await core.resolveSession({
      agentGroupId: agent.id,
      messagingGroupId: chat.id,
      sessionMode: 'shared',
      threadId: null,
    })
    chats.push({ chatId, agentGroupId: agent.id, sessionId: session.id })
  }
  return chats
}

/** Starts a host with one agent, its chats, and a platform that takes everything at once. */
export async function startBenchHost(options: BenchHostOptions): Promise<BenchHost> {
  const home = options.there?.home ?? (await mkdtemp(join(tmpdir(), 'nanoclaw-bench-')))
  const core = await createCore({ home, logger: benchLogger })
  const chats = options.there?.chats ?? (await makeChats(core, options))
  const waiting = new Map<string, () => void>()
  const onMark = (moment: Moment, sessionId: string): void => {
    started.onMark(moment, sessionId)
    if (moment === 'delivered') waiting.get(sessionId)?.()
  }
  const watched = (mailbox: Mailbox): Mailbox => watchMailbox(mailbox, onMark)
  const watchedCore: Core = {
    ...core,
    mailboxes: {
      ...core.mailboxes,
      open: async (...args) => watched(await core.mailboxes.open(...args)),
      openExisting: async (...args) => {
        const mailbox = await core.mailboxes.openExisting(...args)
        return mailbox === undefined ? undefined : watched(mailbox)
      },
    },
  }
  const adapter = createBenchAdapter()
  adapter.onDeliver = () => onMark('at the adapter', '')
  const host = createHost({
    core: watchedCore,
    adapters: [adapter],
    driver: (deps) => {
      const made = options.driver(deps)
      return watchDriver(made, onMark)
    },
    runner,
    logger: benchLogger,
    settings: options.idleMs === undefined ? {} : { idleMs: options.idleMs },
    limits: options.containers === undefined ? {} : { maxContainers: options.containers },
  })
  const chatOf = (index: number): BenchChat => {
    const chat = chats[index]
    if (chat === undefined) throw new RangeError(`expected one of ${chats.length} chats`)
    return chat
  }
  const started: BenchHost = {
    ...{ home, core, host, adapter, chats },
    onMark: options.onMark ?? (() => undefined),
    files: (index = 0) => {
      const { agentGroupId, sessionId } = chatOf(index)
      return core.layout.session(agentGroupId, sessionId)
    },
    roundTrip: async (text, index = 0) => {
      const chat = chatOf(index)
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(chat.sessionId, resolve)
      const { outcome } = await adapter.receive(chat.chatId, text)
      if (outcome !== 'accepted')
        throw new Error(`expected a text to be accepted, it is ${outcome}`)
      await promise
    },
    asleep: async () => {
      for (;;) {
        const { containers, awakeSessions } = host.status()
        if (containers === 0 && awakeSessions === 0) return
        await sleep(2)
      }
    },
    stop: async () => {
      await host.stop()
      await core.close()
      if (options.there === undefined && options.keep !== true)
        await rm(home, { recursive: true, force: true })
    },
  }
  await host.start()
  return started
}
