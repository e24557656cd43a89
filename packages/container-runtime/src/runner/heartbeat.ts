import { closeSync, futimesSync, openSync } from 'node:fs'

/** How often the heartbeat is touched, in milliseconds (session protocol §1). */
const heartbeatMs = 2000

/** Touches a file: makes it, or sets its times to now. */
export function touchFile(path: string, nowMs: number): void {
  const file = openSync(path, 'a')
  try {
    futimesSync(file, nowMs / 1000, nowMs / 1000)
  } finally {
    closeSync(file)
  }
}

/**
 * Beats at once and then from the event loop, as long as that turns: a sign of life, not of
 * progress. A beat that fails (a full disk) is left out. Returns what stops it.
 */
export function startHeartbeat(touch: () => void, everyMs = heartbeatMs): () => void {
  const beat = (): void => {
    try {
      touch()
    } catch {
      // The next beat tries again; a heart that stays silent is the host's to judge.
    }
  }
  beat()
  const timer = setInterval(beat, everyMs)
  return () => clearInterval(timer)
}
