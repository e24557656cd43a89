const jitter = 0.2

/** What the pause before the next try depends on. */
export interface BackoffOptions {
  /** Tries so far that sent nothing; at least 1. */
  readonly attempts: number
  readonly baseMs: number
  /** No pause is longer, but for the jitter. */
  readonly longestMs: number
  /** What the platform asked for, in milliseconds: no try comes earlier, up to the longest pause. */
  readonly retryAfterMs?: number | undefined
  /** 0 to 1, for the jitter. */
  readonly random: number
}

/**
 * Milliseconds until the next try: doubling from the base up to the longest, ±20 % so that a
 * platform that comes back is not met by all at once; never less than the platform asked for.
 */
export function backoffMs(options: BackoffOptions): number {
  const { longestMs } = options
  const doubled = options.baseMs * 2 ** Math.min(options.attempts - 1, 30)
  const spread = Math.min(doubled, longestMs) * (1 + jitter * (2 * options.random - 1))
  const asked = Math.min(options.retryAfterMs ?? 0, longestMs)
  return Math.round(Math.max(spread, asked))
}

/** Longer than any pause: a time further away was set by a clock that has been put back since. */
export function beyondAnyPauseMs(longestMs: number): number {
  return longestMs * (1 + jitter) + 1_000
}
