import type { SeenClock } from '@nanoclaw/core'

const dayMs = 86_400_000
/** A machine may have been off, or asleep, for so long without anybody wondering. */
const unremarkableMs = 7 * dayMs
/** A clock that was ahead is believed when it has been for so long while the host ran. */
const believedAfterMs = dayMs

/**
 * What is known after another look at the wall clock, `elapsedMs` of monotonic time after the last
 * one. A clock that has jumped ahead by more than a week is not believed before it has said so for a
 * day of uptime, or has come back: by a wrong one everything would look old at once (S12).
 */
export function lookAtClock(seen: SeenClock, now: number, elapsedMs: number): SeenClock {
  const expected = seen.at + elapsedMs
  const isAhead = now - expected > unremarkableMs
  if (!isAhead) return { at: now, doubtMs: null }
  const doubtMs = seen.doubtMs === null ? 0 : seen.doubtMs + elapsedMs
  return doubtMs >= believedAfterMs ? { at: now, doubtMs: null } : { at: expected, doubtMs }
}
