import { NanoclawError } from '@nanoclaw/schema'
import { eitherSignal, unlessAborted } from './deadline.ts'

/** What is begun and ended. */
export interface LifecycleSteps {
  /** Rejects with the signal's reason soon after it aborts. */
  begin(signal: AbortSignal): Promise<void>
  /** Ends whatever has been begun, however little; called once. */
  end(): Promise<void>
}

/** A start and a stop. */
export interface Lifecycle {
  /** Aborted when it stops, with the `closed` error of whoever is turned away. */
  readonly signal: AbortSignal
  /** The signal of the first call aborts the start; that of another only that caller's waiting. */
  start(signal?: AbortSignal): Promise<void>
  stop(): Promise<void>
}

/**
 * 1. `begin` and `end` run once each, and `end` only when `begin` has settled.
 * 2. A start that fails, or is aborted, rejects when all of it has ended; with its own reason, whatever
 *    becomes of the end.
 * 3. What has been stopped is not started again.
 */
export function createLifecycle(steps: LifecycleSteps): Lifecycle {
  const shutdown = new AbortController()
  let beginning: Promise<void> | undefined
  let starting: Promise<void> | undefined
  let stopping: Promise<void> | undefined

  const end = async (): Promise<void> => {
    await beginning?.catch(() => undefined)
    await steps.end()
  }
  const stop = (): Promise<void> => {
    shutdown.abort(new NanoclawError('closed', 'the host has been stopped; make a new one'))
    return (stopping ??= end())
  }
  const run = async (signal: AbortSignal): Promise<void> => {
    try {
      signal.throwIfAborted()
      beginning = steps.begin(signal)
      await beginning
      signal.throwIfAborted()
    } catch (error) {
      await stop().catch(() => undefined)
      throw error
    }
  }

  return {
    signal: shutdown.signal,
    start: async (signal) => {
      shutdown.signal.throwIfAborted()
      if (starting !== undefined) return unlessAborted(starting, signal)
      starting = run(eitherSignal(shutdown.signal, signal))
      await starting
    },
    stop,
  }
}
