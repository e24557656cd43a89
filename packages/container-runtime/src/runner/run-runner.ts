import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  createIds,
  errorMessage,
  isNanoclawError,
  runnerExit,
  sessionFiles,
  systemClock,
  timestamp,
} from '@nanoclaw/schema'
import { createLocalTime } from '../prompt/local-time.ts'
import type { AgentProvider } from '../provider.ts'
import { createBuiltinTools } from '../tools/builtin.ts'
import { createBell, listenForRings } from './doorbell.ts'
import { readEnvironment, type RunnerEnvironment } from './environment.ts'
import { startHeartbeat, touchFile } from './heartbeat.ts'
import { createInbox } from './inbox.ts'
import { openSessionDatabases } from './open-session.ts'
import { Outbox } from './outbox.ts'
import { Runner } from './runner.ts'
import type { Log } from './session.ts'

/**
 * Makes a provider. May be asynchronous, so that a model's SDK is loaded only where it is used. The
 * heartbeat begins when it is there: what takes longer than the host's `heartbeatMs` (30 s) is taken
 * for a container that hangs.
 */
export type MakeProvider = () => AgentProvider | Promise<AgentProvider>

/** What a runner is made of. */
export interface RunRunnerOptions {
  /**
   * How to make each provider, by its name: the `provider` of an agent, and the `name` of what is
   * made. Only the one that the session's agent names is made, once.
   */
  readonly providers: Readonly<Record<string, MakeProvider>>
}

const log: Log = (level, message) => {
  if (level === 'debug') return
  process.stderr.write(`${timestamp(systemClock)} ${level} ${message}\n`)
}

/** One clear sentence, and the end. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(runnerExit.badEnvironment)
}

function readEnvironmentOrExit(): RunnerEnvironment {
  try {
    return readEnvironment(process.env)
  } catch (error) {
    refuse(errorMessage(error))
  }
}

async function makeProvider(
  name: string,
  known: RunRunnerOptions['providers'],
): Promise<AgentProvider> {
  const make = Object.hasOwn(known, name) ? known[name] : undefined
  if (make === undefined) {
    const names = Object.keys(known).join(', ')
    refuse(
      `the runner cannot start: AGENT_PROVIDER names ${name}, but this runner has only ${names || 'an empty list of providers'}`,
    )
  }
  const provider = await make()
  if (typeof provider?.startTurn !== 'function') {
    refuse(`the runner cannot start: what is listed as ${name} made no provider`)
  }
  if (provider.name === name) return provider
  refuse(
    `the runner cannot start: the provider listed as ${name} says that its name is ${provider.name}; its memory is kept under its name, so give it the same in both places`,
  )
}

async function run(options: RunRunnerOptions): Promise<number> {
  const environment = readEnvironmentOrExit()
  const told = { ring: (): void => undefined, end: (): void => process.exit(runnerExit.ok) }
  // From the first moment: nothing else may keep the process alive, or end it, while all is made.
  listenForRings(process.stdin, { ring: () => told.ring(), end: () => told.end() })
  process.on('SIGTERM', () => told.end())
  const provider = await makeProvider(environment.provider, options.providers)
  const stopHeartbeat = startHeartbeat(() => touchFile(environment.heartbeat, systemClock.now()))
  const wait = (ms: number): Promise<void> => delay(ms)
  const databases = await openSessionDatabases(environment, wait)
  const inbox = createInbox(databases.inbound)
  const outbox = new Outbox(databases.outbound, {
    clock: systemClock,
    epoch: environment.epoch,
    hostSeq: () => inbox.largestSeq(),
  })
  const runner = new Runner({
    inbox,
    outbox,
    provider,
    tools: createBuiltinTools(),
    clock: systemClock,
    ids: createIds(systemClock),
    wait,
    log,
    ringHost: createBell(process.stdout),
    prompt: {
      localTime: createLocalTime(environment.timezone),
      inboxFolder: join(dirname(environment.inboundDb), sessionFiles.inbox),
    },
    assistantName: environment.assistantName,
    agentFolder: process.cwd(),
  })
  told.ring = () => runner.ring()
  told.end = () => runner.finish()
  const code = await runner.run()
  stopHeartbeat()
  return code
}

function fail(error: unknown): void {
  const expected = isNanoclawError(error)
  log('error', expected || !(error instanceof Error) ? errorMessage(error) : String(error.stack))
  process.exit(expected && error.code === 'fenced' ? runnerExit.fenced : 1)
}

/**
 * Makes this process the runner of a session: to be called once, as all that the program a host
 * puts into its containers does. Takes over standard input and output (the doorbell), standard
 * error (the log) and the signals, reads what the host says in the environment, and ends the
 * process itself. Returns at once and throws nothing.
 *
 * Exit codes (session protocol §1): 0 when the host has hung up, 64 with one sentence on standard
 * error for a bad environment, an unknown provider (it says which are known), and what is none or
 * has another name, 75 when a later container has taken the session over, 1 for everything else.
 */
export function runRunner(options: RunRunnerOptions): void {
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  run(options).then((code) => process.exit(code), fail)
}
