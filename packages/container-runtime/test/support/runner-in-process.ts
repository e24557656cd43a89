import { setTimeout as delay } from 'node:timers/promises'
import { createIds, systemClock, type Clock, type SyncMode } from '@nanoclaw/schema'
import { createLocalTime } from '../../src/prompt/local-time.ts'
import type { AgentProvider } from '../../src/provider.ts'
import { createInbox } from '../../src/runner/inbox.ts'
import { Pruner } from '../../src/runner/pruner.ts'
import { openSessionDatabases, type SessionDatabases } from '../../src/runner/open-session.ts'
import { Outbox } from '../../src/runner/outbox.ts'
import { Runner, type RunnerOptions } from '../../src/runner/runner.ts'
import { createBuiltinTools } from '../../src/tools/builtin.ts'
import { mortalDatabase, type DiesAt } from './mortal-database.ts'
import type { SessionFolder } from './session-folder.ts'

/** A runner in the test's own process, on real files. */
export interface LocalRunner {
  readonly runner: Runner
  readonly code: Promise<number>
  readonly rings: () => number
  readonly log: string[]
  readonly databases: SessionDatabases
  /** How each of its commits was synced. */
  readonly commits: readonly SyncMode[]
  /** Resolves when `check` holds; it is asked over and over until then. */
  until(check: () => boolean): Promise<void>
  /** Ends it as `kill -9` does; resolves when it has noticed. */
  crash(): Promise<void>
}

/** What a test chooses of a runner in its own process. */
export interface LocalRunnerOptions extends RunnerOptions {
  /** Default 1. */
  readonly epoch?: number
  readonly clock?: Clock
  readonly diesAt?: DiesAt
}

export async function startLocalRunner(
  session: SessionFolder,
  provider: AgentProvider,
  options: LocalRunnerOptions = {},
): Promise<LocalRunner> {
  const wait = (ms: number): Promise<void> => delay(ms)
  const databases = await openSessionDatabases(session, wait)
  const inbox = createInbox(databases.inbound)
  const { epoch = 1, clock = systemClock } = options
  const hostSeq = (): number => inbox.largestSeq()
  const mortal = mortalDatabase(databases.outbound, options.diesAt)
  const outbox = new Outbox(mortal.database, { clock, epoch, hostSeq })
  let rings = 0
  const log: string[] = []
  const runner = new Runner(
    {
      inbox,
      outbox,
      pruner: new Pruner(mortal.database, { inbox, outbox, removeFiles: () => undefined }),
      provider,
      tools: createBuiltinTools({ isAdmin: true }),
      clock,
      ids: createIds(clock),
      wait,
      log: (level, message) => void log.push(`${level} ${message}`),
      ringHost: () => {
        rings += 1
      },
      prompt: { localTime: createLocalTime('UTC'), inboxFolder: '/inbox' },
      assistantName: 'Ada',
      agentFolder: session.agentFolder,
    },
    { slowPollMs: 60_000, ...options },
  )
  const code = runner.run()
  code.catch(() => undefined)
  return {
    runner,
    code,
    rings: () => rings,
    log,
    databases,
    commits: mortal.commits,
    crash: async () => {
      mortal.die()
      runner.finish()
      await code.catch(() => undefined)
    },
    until: async (check) => {
      const deadline = performance.now() + 10_000
      while (!check()) {
        if (performance.now() > deadline)
          throw new Error(`never came true; log:\n${log.join('\n')}`)
        await delay(2)
      }
    },
  }
}
