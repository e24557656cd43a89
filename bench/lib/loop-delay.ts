import { percentile } from './result.ts'

/** How often the probe looks, in milliseconds; what comes later than that is delay. */
const everyMs = 1

/** Delays of this process's event loop, in milliseconds. */
export interface LoopDelay {
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly samples: number
}

/** What is to be called when the time is over. */
export interface LoopProbe {
  stop(): LoopDelay
}

/**
 * Watches how late a timer of 1 ms comes, which is how long something else that came in would have
 * waited. A stall counts once for each millisecond that it lasts, so that few long ones are not hidden by
 * the many short turns between them. (`monitorEventLoopDelay` counts a stall once however long it is, and
 * its percentiles are of turns, not of time.)
 */
export function probeLoop(): LoopProbe {
  const delays: number[] = []
  let due = performance.now() + everyMs
  const timer = setInterval(() => {
    const now = performance.now()
    // One sample for each time at which somebody might have come in since.
    for (; due <= now; due += everyMs) delays.push(now - due)
    due = now + everyMs
  }, everyMs)
  return {
    stop() {
      clearInterval(timer)
      const worst = delays.reduce((a, b) => Math.max(a, b), 0)
      return {
        p50: percentile(delays, 50),
        p99: percentile(delays, 99),
        max: worst,
        samples: delays.length,
      }
    },
  }
}
