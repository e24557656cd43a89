import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createMemoryAdapter,
  type MemoryAdapter,
  type MemoryAdapterOptions,
} from '@nanoclaw/adapters/memory'
import { runnerEntry, runnerFolder } from '@nanoclaw/container-runtime'
import type { Agent, Chat, Core, Logger } from '@nanoclaw/core'
import { createFaultPlan, createFaultyCore, type FaultPlan } from '@nanoclaw/core/testing'
import type { Clock, JournalMode } from '@nanoclaw/schema'
import {
  createHost,
  createProcessDriver,
  createReaderProcess,
  type Host,
  type HostLimits,
  type HostOptions,
  type HostSettings,
  type RunnerProgram,
  type SessionDriver,
} from '@nanoclaw/host'
import { afterEach, beforeEach } from 'vitest'

/** A log line, kept. */
export interface LogLine {
  readonly level: string
  readonly message: string
  readonly details: object
}

export interface TestHost {
  readonly home: string
  readonly core: Core
  readonly host: Host
  readonly memory: MemoryAdapter
  readonly driver: SessionDriver
  readonly agent: Agent
  readonly chat: Chat
  readonly log: LogLine[]
  /** Stops the host and keeps the home. */
  stop(): Promise<void>
}

export interface TestHostOptions {
  readonly memory?: MemoryAdapterOptions
  /** The adapter itself, as what is left of an earlier host's by its `crash()`. */
  readonly adapter?: MemoryAdapter
  readonly deliveryPolicy?: HostOptions['deliveryPolicy']
  readonly settings?: Partial<HostSettings>
  readonly limits?: Partial<HostLimits>
  readonly driver?: (deps: { runFolder: string; logger: Logger }) => SessionDriver
  readonly runner?: RunnerProgram
  /** Default `wal`. */
  readonly journal?: JournalMode
  /** The agent's; default `rerun`. */
  readonly onInterrupted?: Agent['onInterrupted']
  /** The agent's; default false. */
  readonly isAdmin?: boolean
  /** Default: the machine's. */
  readonly clock?: Clock
  readonly chatWords?: HostOptions['chatWords']
  /** Which calls of the core go wrong. */
  readonly faults?: FaultPlan
}

export const builtRunner: RunnerProgram = {
  folder: runnerFolder,
  entry: runnerEntry,
  node: process.execPath,
}

/** Makes a folder that everybody may enter, and the means to remove it. */
export async function temporaryHome(
  parent = tmpdir(),
): Promise<{ home: string; remove(): Promise<void> }> {
  const home = await mkdtemp(join(parent, 'nanoclaw-host-'))
  return { home, remove: () => rm(home, { recursive: true, force: true }) }
}

function keepingLogger(log: LogLine[]): Logger {
  const at = (level: string) => (details: object, message: string) => {
    log.push({ level, message, details })
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

async function ensureAgent(
  core: Core,
  { onInterrupted = 'rerun', isAdmin = false }: TestHostOptions,
): Promise<{ agent: Agent; chat: Chat }> {
  const place = { channelType: 'memory', channelInstance: '', platformId: 'room' }
  const [first] = await core.agents.list()
  const agent = first ?? (await core.agents.create({ name: 'Ada', onInterrupted, isAdmin }))
  const known = await core.chats.find(place)
  if (known !== undefined) return { agent, chat: known }
  const chat = await core.chats.create({ ...place, name: 'room' })
  await core.people.add({
    channelType: 'memory',
    channelInstance: '',
    handle: 'ann',
    role: { role: 'member' },
  })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
  return { agent, chat }
}

/** A real host on a real home: one agent, one chat `room` on the memory adapter. */
export async function startTestHost(
  options: TestHostOptions & { home: string },
): Promise<TestHost> {
  const log: LogLine[] = []
  const { home, journal = 'wal', faults = createFaultPlan(), clock, chatWords } = options
  const logger = keepingLogger(log)
  const core = await createFaultyCore({ home, logger, journal, clock, faults })
  const { agent, chat } = await ensureAgent(core, options)
  const memory = options.adapter ?? createMemoryAdapter(options.memory)
  const runFolder = join(core.layout.run, 'containers')
  const driver = (options.driver ?? createProcessDriver)({ runFolder, logger })
  const reader = createReaderProcess({ layout: core.layout, logger, journal })
  const host = createHost({
    core,
    adapters: [memory],
    driver,
    reader,
    runner: options.runner ?? builtRunner,
    logger,
    chatWords,
    deliveryPolicy: options.deliveryPolicy,
    limits: options.limits,
    settings: { graceMs: 2_000, timezone: 'UTC', ...options.settings },
  })
  await host.start()
  return {
    home: options.home,
    core,
    host,
    memory,
    driver,
    agent,
    chat,
    log,
    stop: async () => {
      await host.stop()
      await reader.stop()
      await core.close()
    },
  }
}

/** Hosts for the tests of one file: a home for each test, and a host on it that is stopped after. */
export interface TestHosts {
  /** Starts a host on the test's home; `after` the one before, if that was stopped. */
  start(options?: TestHostOptions): Promise<TestHost>
  /** The test's home. */
  home(): string
}

/** To be called once at the top of a test file. */
export function useTestHosts(): TestHosts {
  let home: Awaited<ReturnType<typeof temporaryHome>> | undefined
  let running: TestHost | undefined

  const current = (): string => {
    if (home === undefined) throw new Error('expected to be called inside a test')
    return home.home
  }

  beforeEach(async () => {
    home = await temporaryHome()
  })

  afterEach(async () => {
    await running?.stop()
    running = undefined
    await home?.remove()
  })

  return {
    start: async (options = {}) => {
      running = await startTestHost({ ...options, home: current() })
      return running
    },
    home: current,
  }
}
