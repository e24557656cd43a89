/** How many notices may go out, so that a flood of incidents is no flood of messages. */
export interface TellingPace {
  /** How many may go out now. */
  readonly allowance: number
  /** Milliseconds until one may. */
  readonly waitMs: number
  /** One goes out, or went out so many milliseconds ago. Default 0. */
  note(agoMs?: number): void
}

/** At most `most` in any `windowMs` milliseconds of `now`, a monotonic clock. */
export function createTellingPace(options: {
  readonly most: number
  readonly windowMs: number
  now(): number
}): TellingPace {
  const { most, windowMs, now } = options
  let last: readonly number[] = []
  const recent = () => last.filter((time) => now() - time < windowMs)
  return {
    get allowance() {
      return Math.max(0, most - recent().length)
    },
    get waitMs() {
      const [oldest] = recent()
      return this.allowance > 0 || oldest === undefined ? 0 : oldest + windowMs - now()
    },
    note(agoMs = 0) {
      last = [...recent(), now() - agoMs].toSorted((a, b) => a - b)
    },
  }
}
