import { isBusy } from '@nanoclaw/schema'

/** Whether SQLite, or an opener that explained its error, only asks to try again. */
export function isBusyError(error: unknown): boolean {
  return isBusy(error) || (error instanceof Error && isBusy(error.cause))
}

/** How to wait between tries; injected, so that tests need no clock. */
export type Wait = (ms: number) => Promise<void>

const firstDelayMs = 2
const longestDelayMs = 100

/**
 * Runs a synchronous piece of database work until no lock is in its way. The event loop stays
 * free between tries; the work must change nothing before it commits.
 */
export async function retryBusy<T>(work: () => T, wait: Wait): Promise<T> {
  for (let delay = firstDelayMs; ; delay = Math.min(delay * 2, longestDelayMs)) {
    try {
      return work()
    } catch (error) {
      if (!isBusyError(error)) throw error
    }
    await wait(delay)
  }
}
