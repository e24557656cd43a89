import { setTimeout as sleep } from 'node:timers/promises'
import type { Core, Logger, PrunableSession } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import { ClockWatch } from './clock-watch.ts'
import { createPruneTroubles, type PruneTroubles } from './prune-troubles.ts'

/** What a pruner works with. */
export interface PrunerDeps {
  readonly core: Pick<Core, 'agents' | 'retention' | 'incidents' | 'clock'>
  readonly logger: Logger
  /** Milliseconds of a clock that does not jump. Default: `performance.now`. */
  readonly monotonic?: (() => number) | undefined
}

/** Removes what need not be kept, beside the host's work and slowly. */
export interface Pruner {
  start(): void
  /** Resolves when the bite under way has ended. */
  stop(): Promise<void>
}

const dayMs = 86_400_000
/** Between two looks for what is due, in milliseconds; where little is kept, a twentieth of that time. */
const longestLookMs = 60_000
const shortestLookMs = 500
const looksPerTime = 20
const sessionsAtOnce = 50
/** At a time: a session has much to remove when its agent's days were made fewer. */
const bitesAtOnce = 5
/** Of ten parts of time nine belong to others, as long as the longest rest allows. */
const restShare = 9
const shortestRestMs = 5
/** On a busy machine most of what pruning takes is waiting its turn: no reason to rest longer. */
const longestRestMs = 100
/** For the same reason: one after the other would fall behind a host that is never idle. */
const sideBySide = 8
/** A session that could not be pruned is left alone for so long. */
const setAsideMs = 3_600_000

/** Prunes what is due, a few sessions at a time, as long as it runs. */
class RunningPruner {
  readonly #deps: PrunerDeps
  readonly #signal: AbortSignal
  readonly #monotonic: () => number
  /** By session: until when it is left alone, on the monotonic clock. */
  readonly #setAside = new Map<string, number>()
  readonly #clock: ClockWatch
  readonly #troubles: PruneTroubles

  constructor(deps: PrunerDeps, signal: AbortSignal) {
    this.#deps = deps
    this.#signal = signal
    this.#monotonic = deps.monotonic ?? (() => performance.now())
    this.#clock = new ClockWatch({ ...deps, monotonic: this.#monotonic })
    this.#troubles = createPruneTroubles(deps.core)
  }

  async run(): Promise<void> {
    const signal = this.#signal
    while (!signal.aborted) {
      try {
        await sleep(await this.#lookMs().catch(() => longestLookMs), undefined, { signal })
        await this.#troubles.resolveOver()
        await this.#pruneDue()
      } catch (error) {
        if (signal.aborted) return
        this.#deps.logger.error({ error }, 'looking for what to prune failed')
      }
    }
  }

  async #lookMs(): Promise<number> {
    const agents = await this.#deps.core.agents.list()
    const shortest = Math.min(...agents.map((agent) => agent.retentionDays ?? Infinity))
    const wanted = (shortest * dayMs) / looksPerTime
    return Math.min(Math.max(wanted, shortestLookMs), longestLookMs)
  }

  async #pruneDue(): Promise<void> {
    while (!this.#signal.aborted) {
      const due = await this.#due()
      if (due.length === 0) return
      const left = due.values()
      const ends = await Promise.allSettled(
        Array.from({ length: sideBySide }, () => this.#pruneEach(left)),
      )
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    }
  }

  async #pruneEach(sessions: Iterable<PrunableSession>): Promise<void> {
    for (const session of sessions) {
      if (this.#signal.aborted) return
      const begun = this.#monotonic()
      await this.#prune(session)
      const rest = Math.max(shortestRestMs, restShare * (this.#monotonic() - begun))
      await sleep(Math.min(rest, longestRestMs), undefined, { signal: this.#signal })
    }
  }

  async #due(): Promise<readonly PrunableSession[]> {
    for (const [id, until] of this.#setAside) {
      if (until <= this.#monotonic()) this.#setAside.delete(id)
    }
    // Before every question: while the last sessions were pruned, it may have jumped.
    const { now, isBelieved } = await this.#clock.look()
    const most = sessionsAtOnce + this.#setAside.size
    const due = await this.#deps.core.retention.due(most, { now, isAsked: isBelieved })
    return due.filter(({ sessionId }) => !this.#setAside.has(sessionId))
  }

  async #prune(session: PrunableSession): Promise<void> {
    const { core, logger } = this.#deps
    const { sessionId } = session
    try {
      const { isDone, ...removed } = await core.retention.prune(session, { bites: bitesAtOnce })
      if (removed.events > 0) logger.debug({ sessionId, isDone, ...removed }, 'pruned')
    } catch (error) {
      this.#setAside.set(sessionId, this.#monotonic() + setAsideMs)
      const message = `what need not be kept any longer could not be removed: ${errorMessage(error)}`
      logger.error({ sessionId, error }, message)
      return await this.#troubles.open(session, message)
    }
    await this.#troubles.end(sessionId)
  }
}

/** Makes a pruner; nothing happens before `start`. */
export function createPruner(deps: PrunerDeps): Pruner {
  const stopped = new AbortController()
  let running: Promise<void> | undefined
  return {
    start() {
      const pruner = new RunningPruner(deps, stopped.signal)
      running ??= pruner.run().catch((error: unknown) => {
        if (!stopped.signal.aborted) deps.logger.error({ error }, 'nothing is pruned any more')
      })
    },
    async stop() {
      stopped.abort()
      await running
    },
  }
}
