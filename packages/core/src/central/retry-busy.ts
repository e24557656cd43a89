import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy } from '@nanoclaw/schema/plain'

const firstDelayMs = 5
const longestDelayMs = 200
/** About five seconds, where SQLite itself does not wait. */
const mostTries = 30

/**
 * Runs `work` again, after growing pauses, as long as another connection holds the lock. Gives up
 * with SQLite's own error, which `isBusy` recognises, and has changed nothing then.
 */
export async function retryBusy<T>(work: () => T | Promise<T>): Promise<T> {
  let delay = firstDelayMs
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || tries >= mostTries) throw error
    }
    await sleep(delay)
    delay = Math.min(delay * 2, longestDelayMs)
  }
}
