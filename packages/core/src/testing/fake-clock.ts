import { isTimestamp, NanoclawError, type Clock } from '@nanoclaw/schema'

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  /** Goes on by so many milliseconds. Throws `bad-option` for what is no number from 0. */
  advance(ms: number): void
  /**
   * Jumps to a moment, backwards too, as a machine's clock may. Throws `bad-option` for what is
   * none of the form of the default below.
   */
  set(at: string): void
}

function momentOf(at: string): number {
  if (isTimestamp(at)) return Date.parse(at)
  throw new NanoclawError(
    'bad-option',
    `expected a moment such as 2026-01-31T12:00:00.000Z, got ${JSON.stringify(at)}`,
  )
}

/**
 * A clock for tests. It tells a time and drives no timers. `start` is an ISO-8601 moment in UTC
 * with milliseconds, by default `2026-01-31T12:00:00.000Z`. Throws `bad-option` for another form.
 */
export function createFakeClock(start = '2026-01-31T12:00:00.000Z'): FakeClock {
  let now = momentOf(start)
  return {
    now: () => now,
    advance(ms) {
      if (!(Number.isFinite(ms) && ms >= 0)) {
        throw new NanoclawError('bad-option', `expected milliseconds from 0, got ${ms}; use set`)
      }
      now += ms
    },
    set(at) {
      now = momentOf(at)
    },
  }
}
