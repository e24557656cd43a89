import type { Logger } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import { withinDeadline } from './deadline.ts'

/** The end of many things, none of which keeps the others from theirs. */
export interface Ending {
  /**
   * Ends one thing, and waits for it for at most `timeoutMs` milliseconds. Never rejects; what failed
   * or was late is told to the logger, and kept.
   */
  of(what: string, timeoutMs: number, end: () => Promise<void>): Promise<void>
  /** @throws AggregateError of what failed or was late. */
  throwIfIncomplete(): void
}

/** Begins to end. */
export function createEnding(logger: Logger): Ending {
  const failures: { readonly message: string; readonly error: unknown }[] = []
  return {
    async of(what, timeoutMs, end) {
      try {
        await withinDeadline(end, { timeoutMs })
      } catch (error) {
        const message = `${what} did not end: ${errorMessage(error)}`
        logger.error({ err: error }, message)
        failures.push({ message, error })
      }
    },
    throwIfIncomplete() {
      if (failures.length === 0) return
      const messages = failures.map(({ message }) => message)
      throw new AggregateError(
        failures.map(({ error }) => error),
        `the host has stopped, but ${messages.join('; ')}`,
      )
    },
  }
}
