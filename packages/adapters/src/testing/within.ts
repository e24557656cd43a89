import { setTimeout as wait } from 'node:timers/promises'

/** What the work resolves with, or what `late` throws when it has not settled in time. */
export async function within<T>(work: Promise<T>, ms: number, late: () => never): Promise<T> {
  const done = new AbortController()
  const alarm = wait(ms, undefined, { signal: done.signal }).then(late)
  alarm.catch(() => undefined)
  try {
    return await Promise.race([work, alarm])
  } finally {
    done.abort()
  }
}
