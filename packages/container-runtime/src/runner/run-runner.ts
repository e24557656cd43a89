import { errorMessage, isNanoclawError, runnerExit, systemClock, timestamp } from '@nanoclaw/schema'
import { createBell, listenForRings } from './doorbell.ts'
import { serveSession, type MakeProvider } from './serve-session.ts'
import type { Log } from './session.ts'

export type { MakeProvider } from './serve-session.ts'

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

function fail(error: unknown): void {
  // One clear sentence for what cannot start, and the end.
  if (isNanoclawError(error) && error.code === 'bad-option') {
    process.stderr.write(`${error.message}\n`)
    process.exit(runnerExit.badEnvironment)
  }
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
  const served = serveSession({
    env: process.env,
    providers: options.providers,
    agentFolder: process.cwd(),
    log,
    ringHost: createBell(process.stdout),
  })
  listenForRings(process.stdin, {
    ring: () => served.ring(),
    leave: () => served.leave(),
    end: () => served.finish(),
  })
  process.on('SIGTERM', () => served.finish())
  served.exited.then((code) => process.exit(code), fail)
}
