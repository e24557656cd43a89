import type { SeenClock } from '@nanoclaw/core'

const dayMs = 86_400_000
/** A machine may have been off, or asleep, for so long without anybody wondering. */
const longestUnremarkableMs = 7 * dayMs
/** A clock that is ahead is believed when it has been for so long while the host ran. */
const longestDoubtMs = dayMs
/** Of what is kept: more than this is remarkable, and to be said for as long. */
const share = 0.1

/** By how much a clock may be ahead, for whoever keeps things for so many days. */
export function unremarkableMs(retentionDays: number): number {
  return Math.min(longestUnremarkableMs, retentionDays * dayMs * share)
}

/**
 * What is known after another look at the wall clock, `elapsedMs` of monotonic time after the last
 * one, for whoever keeps things for so many days. One that is remarkably ahead of what was expected is
 * not believed before it has said so for a day of uptime (or, where that is shorter, for a tenth of
 * what is kept), or has come back: by a wrong one everything would look old at once (S12).
 */
export function lookAtClock(seen: SeenClock, now: number, elapsedMs: number): SeenClock {
  const { retentionDays, shown } = seen
  const unremarkable = unremarkableMs(retentionDays)
  const expected = seen.at + elapsedMs
  const believed: SeenClock = { retentionDays, at: now, doubtMs: null, shown: null }
  if (now - expected <= unremarkable) return believed
  const isSame = shown !== null && now - (shown + elapsedMs) <= unremarkable
  const doubtMs = isSame ? (seen.doubtMs ?? 0) + elapsedMs : 0
  if (doubtMs >= Math.min(longestDoubtMs, retentionDays * dayMs * share)) return believed
  return { retentionDays, at: expected, doubtMs, shown: now }
}
