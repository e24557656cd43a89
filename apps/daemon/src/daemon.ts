import type { ChannelAdapter } from '@nanoclaw/adapters'
import { createTerminalAdapter, type TerminalAdapter } from '@nanoclaw/adapters/terminal'
import { createCore, type Agent, type Chat, type Core, type OutboundReader } from '@nanoclaw/core'
import {
  createHost,
  createReaderProcess,
  defaultChatWords,
  type Host,
  type HostOptions,
  type Quiet,
  type SessionDriver,
} from '@nanoclaw/host'
import { errorMessage, isNanoclawError } from '@nanoclaw/schema'
import { performAdmin } from './admin/desk.ts'
import { createChannelBoard, type ChannelBoard } from './channels/channel-board.ts'
import type { OpenedChannels } from './channels/open-channels.ts'
import { allTexts, createRedactor } from './channels/redactor.ts'
import type { Config } from './config.ts'
import { pickDriver } from './driver.ts'
import { applyRetention, ensureFirstAgent, ensureOwner } from './first-start.ts'
import { holdHome, type HeldHome } from './home.ts'
import { resolveIncident } from './incidents.ts'
import { createLedgerDesk } from './ledger/ledger-desk.ts'
import { createLog, type DaemonLog } from './log.ts'
import { createSinks } from './operator-sinks.ts'
import { findPrograms, type Programs } from './programs.ts'
import type { StatusReport } from './control/protocol.ts'
import { startControlServer } from './control/server.ts'
import { describeStatus } from './status-report.ts'
import { createTerminalRooms } from './terminal-rooms.ts'

/** A daemon that is made but does not work yet: terminals are attached first. */
export interface Daemon {
  /** The agent that answers in the terminal chat. */
  readonly agent: Agent
  readonly chat: Chat
  readonly driver: SessionDriver
  readonly terminal: TerminalAdapter
  readonly log: DaemonLog
  /**
   * Begins to work, and opens the control socket.
   * @throws the signal's reason, soon after it aborts; the daemon has to be stopped then.
   */
  start(signal?: AbortSignal): Promise<void>
  /**
   * Resolves when all rows of the terminal chat, and what came of them, have ended; says how many
   * never will, because their session is in quarantine.
   */
  whenQuiet(signal?: AbortSignal): Promise<Quiet>
  status(): Promise<StatusReport>
  /**
   * Writes an error into the log and opens an incident: for a promise that was rejected and that
   * nobody waits for (`unhandledRejection`), which the package of a channel may have left behind.
   * Secrets of the channels are taken out. Never rejects.
   */
  reportStray(error: unknown): Promise<void>
  /** Ends all work, finishing what is in flight, and lets the home go. May be called twice. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** What {@link createDaemon} is given from outside. */
export interface DaemonDeps {
  /** Takes warnings and errors, one plain line each. */
  readonly notice: (line: string) => void
  /** This program's version, for `status`. */
  readonly version: string
}

/**
 * Takes the home, opens what is in it and puts the parts together. The first time it makes an
 * agent and a chat for the terminal.
 * @throws NanoclawError `home-in-use`, `io`, `disk-full`, `corrupt`, `newer-schema`,
 *   `driver-unavailable`, `bad-option`; nothing is held then.
 */
export async function createDaemon(config: Config, deps: DaemonDeps): Promise<Daemon> {
  const startedAt = new Date().toISOString()
  const sinks = createSinks(config)
  const home = holdHome(config.layout, startedAt)
  const undo = createUndo(home)
  try {
    const log = undo.add(openLog(config, deps, home), (it) => it.close())
    log.info({ pid: process.pid, version: deps.version, home: config.home }, 'starting')
    const { core, driver } = await openCore(config, log)
    undo.add(core, (it) => it.close())
    const { agent, chat } = await ensureFirstAgent(core, config)
    await ensureOwner(core)
    await applyRetention(core, config)
    const terminal = createTerminalAdapter({ chatId: chat.platformId })
    const rooms = await createTerminalRooms(core, terminal)
    const terminals = [terminal, ...rooms.adapters]
    const board = createChannelBoard({ core, log })
    const channels = await openConfigured(config, { core, agent, log, board, terminals })
    const programs = findPrograms()
    const reader = createReaderProcess({
      layout: config.layout,
      logger: log,
      journal: core.journal,
      ...(programs.readerEntry === undefined ? {} : { entry: programs.readerEntry }),
    })
    undo.add(reader, (it) => it.stop())
    const host = buildHost(config, {
      core,
      driver,
      adapters: [...terminals, ...channels.adapters],
      board,
      sinks,
      reader,
      log,
      programs,
    })
    undo.add(host, (it) => it.stop())
    for (const adapter of channels.late) void addLate(host, adapter, log)
    const status = async (): Promise<StatusReport> =>
      describeStatus({ config, core, host, board, driver, startedAt, version: deps.version })
    const resolve = (id: string) => resolveIncident(core, id, host)
    const whenQuiet = (signal?: AbortSignal) => host.whenQuiet(chat.id, signal)
    return {
      agent,
      chat,
      driver,
      terminal,
      log,
      whenQuiet,
      status,
      async start(signal) {
        await host.start(signal)
        const control = await startControlServer(config.socketPath, {
          status,
          resolveIncident: resolve,
          ledger: createLedgerDesk({ core, host, reader }),
          admin: (order) =>
            performAdmin({ core, host, config, changed: () => rooms.open(host) }, order),
          enter: (name) => rooms.enter(name, host),
          terminal,
          whenQuiet,
          logger: log,
          names: { agent: agent.name, chat: chat.name },
        })
        undo.addBelow(host, () => control.stop('it was stopped'))
        log.info({ driver: driver.name, agent: agent.id, chat: chat.id }, 'started')
      },
      reportStray: (error) => reportStray(config, core, log, error),
      stop: () => undo.all(),
      [Symbol.asyncDispose]: () => undo.all(),
    }
  } catch (error) {
    await undo.all()
    throw error
  }
}

function openLog(config: Config, deps: DaemonDeps, home: HeldHome): DaemonLog {
  const path = `${config.layout.logs}/daemon.log`
  const log = createLog({ path, level: config.logLevel, notice: deps.notice })
  for (const warning of [...config.warnings, ...home.warnings]) log.warn({}, warning)
  return log
}

async function openCore(
  config: Config,
  logger: DaemonLog,
): Promise<{ core: Core; driver: SessionDriver }> {
  const open = (journal: 'wal' | 'delete') => createCore({ home: config.home, logger, journal })
  const core = await open('wal')
  try {
    const agents = await core.agents.list()
    const allScripted = agents.every((agent) => agent.provider === 'scripted')
    const driver = await pickDriver(config, { allScripted, logger })
    if (driver.capabilities.sharedKernel) return { core, driver }
    await core.close()
    return { core: await open('delete'), driver }
  } catch (error) {
    await core.close()
    throw error
  }
}

/** The channels of the configuration; nothing of it is loaded where there are none. */
async function openConfigured(
  { channels, home }: Config,
  deps: {
    readonly core: Core
    readonly agent: Agent
    readonly log: DaemonLog
    readonly board: ChannelBoard
    readonly terminals: readonly ChannelAdapter[]
  },
): Promise<OpenedChannels> {
  await deps.board.settleOthers(channels)
  if (channels.length === 0) return { adapters: [], late: [] }
  const { openChannels } = await import('./channels/open-channels.ts')
  return await openChannels(channels, { ...deps, home, taken: deps.terminals })
}

interface Parts {
  readonly core: Core
  readonly driver: SessionDriver
  readonly adapters: readonly ChannelAdapter[]
  readonly board: ChannelBoard
  readonly sinks: NonNullable<HostOptions['operatorSinks']>
  readonly reader: OutboundReader
  readonly log: DaemonLog
  readonly programs: Programs
}

function buildHost(config: Config, parts: Parts): Host {
  const { core, driver, adapters, board, sinks, reader, log, programs } = parts
  const { notices } = config
  return createHost({
    core,
    adapters,
    driver,
    reader,
    runner: programs.runner,
    logger: log,
    deliveryPolicy: (channel) => board.deliveryOf(channel),
    operatorSinks: sinks,
    chatWords: notices && { ...defaultChatWords, ...notices },
    settings: { idleMs: config.idleMs, timezone: config.timezone },
    limits: config.limits,
  })
}

/** A channel whose package took long to load, or nothing where it could not be made. */
async function addLate(
  host: Host,
  made: Promise<ChannelAdapter | undefined>,
  log: DaemonLog,
): Promise<void> {
  try {
    const adapter = await made
    if (adapter !== undefined) await host.add(adapter)
  } catch (error) {
    const stopped = isNanoclawError(error) && error.code === 'closed'
    if (stopped) log.debug({ error }, 'a channel came too late: the host has stopped')
    else log.warn({ error }, `a channel that came late cannot be used: ${errorMessage(error)}`)
  }
}

async function reportStray(
  { channels }: Config,
  core: Core,
  log: DaemonLog,
  error: unknown,
): Promise<void> {
  const clean = createRedactor(allTexts(channels)).error(error)
  const what = 'a promise was rejected that nobody waits for; a channel may have left it behind'
  log.error({ error: clean }, what)
  const message = `${what}: ${errorMessage(clean)} (where it comes from is in logs/daemon.log)`
  await core.incidents
    .open({ kind: 'stray-rejection', subject: 'daemon', message })
    .catch((failure: unknown) => log.warn({ error: failure }, 'an incident could not be recorded'))
}

/** Ends what was begun, last first; one that fails does not keep the others. */
function createUndo(home: HeldHome) {
  const steps: { owner: unknown; end: () => unknown }[] = [
    { owner: home, end: () => home.release() },
  ]
  let running: Promise<void> | undefined
  const run = async (): Promise<void> => {
    let failure: { error: unknown } | undefined
    for (const { end } of steps.reverse()) {
      try {
        await end()
      } catch (error) {
        failure ??= { error }
      }
    }
    if (failure) throw failure.error
  }
  return {
    add<T>(owner: T, end: (it: T) => unknown): T {
      steps.push({ owner, end: () => end(owner) })
      return owner
    },
    /** Ended right after that one. */
    addBelow(owner: unknown, end: () => unknown): void {
      const at = steps.findIndex((step) => step.owner === owner)
      steps.splice(Math.max(at, 0), 0, { owner: end, end })
    },
    all: (): Promise<void> => (running ??= run()),
  }
}
