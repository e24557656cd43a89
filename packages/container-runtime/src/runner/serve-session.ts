import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { NanoclawError, runnerExit, sessionFiles, systemClock } from '@nanoclaw/schema'
import { createLocalTime } from '../prompt/local-time.ts'
import type { AgentProvider } from '../provider.ts'
import { createBuiltinTools } from '../tools/builtin.ts'
import { readEnvironment, type RunnerEnvironment } from './environment.ts'
import { startHeartbeat, touchFile } from './heartbeat.ts'
import { createInbox } from './inbox.ts'
import { openSessionDatabases } from './open-session.ts'
import { Outbox } from './outbox.ts'
import { Pruner } from './pruner.ts'
import { Runner } from './runner.ts'
import { createRunnerIds } from './runner-ids.ts'
import type { Log, RunnerSession } from './session.ts'

/**
 * Makes a provider. May be asynchronous, so that a model's SDK is loaded only where it is used. The
 * heartbeat begins when it is there: what takes longer than the host's `heartbeatMs` (30 s) is taken
 * for a container that hangs.
 */
export type MakeProvider = () => AgentProvider | Promise<AgentProvider>

/** What one session's runner is made of. */
export interface ServeSessionOptions {
  /** What the host says to a runner (session protocol §1), as a process would find it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** How to make each provider, by its name; only the one that `env` names is made. */
  readonly providers: Readonly<Record<string, MakeProvider>>
  /** The agent's own folder, absolute. */
  readonly agentFolder: string
  readonly log: Log
  /** Rings the host's doorbell. */
  readonly ringHost: () => void
}

/** A session that is being served. */
export interface ServedSession {
  /** The host's doorbell has rung. */
  ring(): void
  /** The host wants the slot: nothing more is claimed, the running turn may end, however long it takes. */
  leave(): void
  /** The host has hung up: the running turn may end within the grace time. */
  finish(): void
  /**
   * The exit code, once nothing of the runner goes on: 0, or 75 when a later start owns the session.
   * Rejects with `bad-option` for what the host or the program said and nobody can use, in one
   * sentence, else with what went wrong.
   */
  readonly exited: Promise<number>
}

/** Files of a message that has gone; what cannot be removed is in nobody's way. */
function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // It stays.
  }
}

function refused(why: string): NanoclawError {
  return new NanoclawError('bad-option', `the runner cannot start: ${why}`)
}

async function makeProvider(
  name: string,
  known: ServeSessionOptions['providers'],
): Promise<AgentProvider> {
  const make = Object.hasOwn(known, name) ? known[name] : undefined
  if (make === undefined) {
    const names = Object.keys(known).join(', ')
    throw refused(
      `AGENT_PROVIDER names ${name}, but this runner has only ${names || 'an empty list of providers'}`,
    )
  }
  const provider = await make()
  if (typeof provider?.startTurn !== 'function') {
    throw refused(`what is listed as ${name} made no provider`)
  }
  if (provider.name === name) return provider
  throw refused(
    `the provider listed as ${name} says that its name is ${provider.name}; its memory is kept under its name, so give it the same in both places`,
  )
}

async function openSession(
  options: ServeSessionOptions,
  environment: RunnerEnvironment,
  provider: AgentProvider,
): Promise<RunnerSession> {
  // Not that of node:timers/promises, which takes a start some milliseconds to load.
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, ms)
    })
  const databases = await openSessionDatabases(environment, wait)
  const inbox = createInbox(databases.inbound)
  const { log, ringHost, agentFolder } = options
  const outbox = new Outbox(databases.outbound, {
    clock: systemClock,
    epoch: environment.epoch,
    hostSeq: () => inbox.largestSeq(),
  })
  const outboxFolder = join(dirname(environment.outboundDb), sessionFiles.outbox)
  const removeFiles = (id: string): void => removeFolder(join(outboxFolder, id))
  return {
    ...{ inbox, outbox, provider, wait, log, ringHost, agentFolder },
    pruner: new Pruner(databases.outbound, { inbox, outbox, removeFiles }),
    tools: createBuiltinTools(environment),
    clock: systemClock,
    ids: createRunnerIds(systemClock),
    prompt: {
      localTime: createLocalTime(environment.timezone),
      inboxFolder: join(dirname(environment.inboundDb), sessionFiles.inbox),
    },
    assistantName: environment.assistantName,
  }
}

/**
 * Serves one session in this process: everything of a runner but the process itself. Nothing but the
 * session's files is touched; several may be served by one process.
 */
export function serveSession(options: ServeSessionOptions): ServedSession {
  const hungUp = Promise.withResolvers<number>()
  let runner: Runner | undefined
  let over = false
  const serve = async (): Promise<number> => {
    const environment = readEnvironment(options.env)
    const provider = await makeProvider(environment.provider, options.providers)
    if (over) return runnerExit.ok
    const stopHeartbeat = startHeartbeat(() => touchFile(environment.heartbeat, systemClock.now()))
    try {
      const session = await openSession(options, environment, provider)
      if (over) return runnerExit.ok
      runner = new Runner(session)
      return await runner.run()
    } finally {
      stopHeartbeat()
    }
  }
  const end = (ask: (running: Runner) => void): void => {
    over = true
    if (runner === undefined) hungUp.resolve(runnerExit.ok)
    else ask(runner)
  }
  return {
    ring: () => runner?.ring(),
    leave: () => end((running) => running.leave()),
    finish: () => end((running) => running.finish()),
    exited: Promise.race([serve(), hungUp.promise]),
  }
}
