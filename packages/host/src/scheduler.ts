import type { Core, Session } from '@nanoclaw/core'
import { timestamp } from '@nanoclaw/schema'

const batch = 100
/** Nobody tells us what others write into the database: looked for at least this often. */
const longestSleepMs = 2_000
const pauseAfterTroubleMs = 1_000

/** What the scheduler needs. */
export interface SchedulerDeps {
  readonly core: Core
  /** How many sessions are awake: they stand among the due ones until they are put away. */
  awake(): number
  /** Wakes a session; resolves when it is awake. */
  wake(session: Session): Promise<void>
  onError(error: unknown): void
}

/** Wakes what is due. */
export interface Scheduler {
  start(): void
  /** A session has been given a time of its own: looks again. Before `start` it does nothing. */
  lookAgain(): void
  stop(): Promise<void>
}

/**
 * Wakes sessions whose time has come. Asks the central database what is due, by index, and sleeps
 * until the next moment it names; it never visits the others (I8).
 */
export function createScheduler(deps: SchedulerDeps): Scheduler {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let stopped = false

  const wakeDue = async (): Promise<number> => {
    const seen = new Set<string>()
    for (;;) {
      const limit = batch + deps.awake()
      const due = await deps.core.sessions.due(timestamp(deps.core.clock), limit)
      const fresh = due.filter((session) => !seen.has(session.id))
      for (const session of fresh) {
        seen.add(session.id)
        if (stopped) return longestSleepMs
        await deps.wake(session)
      }
      if (due.length < limit || fresh.length === 0) break
    }
    const next = await deps.core.sessions.nextDueAt(timestamp(deps.core.clock))
    if (next === null) return longestSleepMs
    return Math.min(Math.max(Date.parse(next) - deps.core.clock.now(), 1), longestSleepMs)
  }

  const run = (): void => {
    running = wakeDue()
      .catch((error: unknown) => {
        deps.onError(error)
        return pauseAfterTroubleMs
      })
      .then((sleepMs) => {
        running = undefined
        if (!stopped) timer = setTimeout(run, sleepMs)
      })
  }

  return {
    start: run,
    lookAgain: () => {
      const isStarted = timer !== undefined
      if (!isStarted || running !== undefined || stopped) return
      clearTimeout(timer)
      run()
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
