import type { DrainOutcome } from './outbound-drain.ts'

/** A second look forgives what a kill in mid-write may leave for a moment. */
const violationsAtMost = 1
/** In a row: a slow machine misses one, a hostile container all. */
const deadlinesInARow = 2
/** Altogether: a container may mend its file in between. */
const deadlinesAtMost = 4
/** How long evidence counts, on our own clock. */
const rememberedMs = 600_000
/** Our runner holds a lock for milliseconds. */
const lockedAtMostMs = 5_000
/** Between two looks; what is missing beyond this was a sleep of the machine (S12). */
const longestStepMs = 1_000

/**
 * Evidence against one session's containers: what was written that no runner writes, and reads
 * that took too long. It counts for ten minutes, whichever container it came from: a restart
 * wipes nothing out.
 */
export class Strikes {
  readonly #now: () => number
  #violations: readonly number[] = []
  #deadlines: readonly number[] = []
  #inARow = 0
  #lockedMs = 0
  #lastLocked: number | undefined

  /** `now`: a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** The reason for a quarantine, once there is enough. */
  count(outcome: DrainOutcome): string | undefined {
    if (outcome.outcome !== 'busy') this.#lastLocked = undefined
    if (outcome.outcome !== 'deadline') this.#inARow = 0
    switch (outcome.outcome) {
      case 'drained':
      case 'held':
        return undefined
      case 'flood':
        return outcome.reason
      case 'busy':
        return this.#locked()
      case 'violation':
        this.#violations = this.#recent(this.#violations)
        return this.#violations.length > violationsAtMost ? outcome.reason : undefined
      case 'deadline':
        this.#inARow += 1
        this.#deadlines = this.#recent(this.#deadlines)
        return this.#inARow > deadlinesInARow || this.#deadlines.length > deadlinesAtMost
          ? outcome.reason
          : undefined
      default:
        return outcome satisfies never
    }
  }

  #recent(times: readonly number[]): readonly number[] {
    const now = this.#now()
    return [...times.filter((time) => now - time <= rememberedMs), now]
  }

  #locked(): string | undefined {
    const now = this.#now()
    const step = this.#lastLocked === undefined ? undefined : now - this.#lastLocked
    this.#lastLocked = now
    this.#lockedMs = step === undefined ? 0 : this.#lockedMs + Math.min(step, longestStepMs)
    if (this.#lockedMs <= lockedAtMostMs) return undefined
    return `outbound.db has been locked for ${lockedAtMostMs} ms`
  }
}
