import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy } from '@nanoclaw/schema'

/** How to bear a lock of somebody else. */
export interface RetryBusyOptions {
  /** After this long, in milliseconds, `onStuck` is called, once. */
  readonly stuckAfterMs: number
  /** Meant to end whoever holds the lock. */
  onStuck(): void
  readonly signal: AbortSignal
}

const firstPauseMs = 2
const longestPauseMs = 100

/**
 * Tries again, without blocking, as long as SQLite says that somebody else holds a lock: a
 * container may read-lock even a file it cannot write. Rejects with any other error, and with the
 * lock's when the signal aborts.
 */
export async function retryBusy<T>(
  operation: () => Promise<T>,
  options: RetryBusyOptions,
): Promise<T> {
  const began = performance.now()
  let pause = firstPauseMs
  let told = false
  for (;;) {
    try {
      return await operation()
    } catch (error) {
      if (!isBusy(error) || options.signal.aborted) throw error
    }
    if (!told && performance.now() - began > options.stuckAfterMs) {
      told = true
      options.onStuck()
    }
    await sleep(pause)
    pause = Math.min(pause * 2, longestPauseMs)
  }
}
