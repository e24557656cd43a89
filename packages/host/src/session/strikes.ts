import type { DrainOutcome } from './outbound-drain.ts'

/** A second look forgives what a kill in mid-write may leave for a moment. */
const violationsAtMost = 1
/** In a row: a slow machine misses one, a hostile container all. */
const deadlinesAtMost = 2
/** Our runner holds a lock for milliseconds. */
const lockedAtMostMs = 5_000

/**
 * Evidence against one container: what it wrote that no runner writes, and reads that took too
 * long. Violations count over its life, missed deadlines in a row.
 */
export class Strikes {
  #violations = 0
  #deadlines = 0
  #lockedSince: number | undefined

  /** A new container begins with a clean slate. */
  newContainer(): void {
    this.#violations = 0
    this.#deadlines = 0
    this.#lockedSince = undefined
  }

  /** The reason for a quarantine, once there is enough. */
  count(outcome: DrainOutcome): string | undefined {
    if (outcome.outcome !== 'busy') this.#lockedSince = undefined
    switch (outcome.outcome) {
      case 'drained':
        this.#deadlines = 0
        return undefined
      case 'busy':
        return this.#locked()
      case 'violation':
        this.#violations += 1
        return this.#violations > violationsAtMost ? outcome.reason : undefined
      case 'deadline':
        this.#deadlines += 1
        return this.#deadlines > deadlinesAtMost ? outcome.reason : undefined
      default:
        return outcome satisfies never
    }
  }

  #locked(): string | undefined {
    const now = performance.now()
    this.#lockedSince ??= now
    if (now - this.#lockedSince <= lockedAtMostMs) return undefined
    return `outbound.db has been locked for ${lockedAtMostMs} ms`
  }
}
