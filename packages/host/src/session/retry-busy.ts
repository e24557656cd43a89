import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy } from '@nanoclaw/schema'

/** How to bear a lock of somebody else. */
export interface RetryBusyOptions {
  /** After this long of its own trying, in milliseconds, `onStuck` is called, once. */
  readonly stuckAfterMs: number
  /** Meant to end whoever holds the lock. */
  onStuck(): void
  readonly signal: AbortSignal
}

const firstPauseMs = 2
const longestPauseMs = 100
/** What is missing beyond this was a sleep of the machine, in which nobody held anything (S12). */
const longestStepMs = 1_000

/**
 * Tries again, without blocking, as long as SQLite says that somebody else holds a lock: a
 * container may read-lock even a file it cannot write. Rejects with any other error, and with the
 * lock's when the signal aborts.
 */
export async function retryBusy<T>(
  operation: () => Promise<T>,
  options: RetryBusyOptions,
): Promise<T> {
  let waitedMs = 0
  let pause = firstPauseMs
  let told = false
  for (;;) {
    try {
      return await operation()
    } catch (error) {
      if (!isBusy(error) || options.signal.aborted) throw error
    }
    if (!told && waitedMs > options.stuckAfterMs) {
      told = true
      options.onStuck()
    }
    const began = performance.now()
    await sleep(pause)
    waitedMs += Math.min(performance.now() - began, longestStepMs)
    pause = Math.min(pause * 2, longestPauseMs)
  }
}
