import { CommandFailure } from '../failure.ts'
import { listenForStop } from '../stop-signals.ts'

/** What Ctrl-C ends a command with: 128 and the number of SIGINT. */
export const cancelledCode = 130

const nothingDone = 'the configuration is as it was'

/** Ends a command from outside; `left` says what it leaves behind. */
export function cancellation(exitCode: number, left = nothingDone): CommandFailure {
  return new CommandFailure(exitCode, 'cancelled', `cancelled; ${left}`)
}

/**
 * Does work that SIGINT, SIGTERM and SIGHUP end by its signal.
 * @throws what the work throws; where a signal had come, a CommandFailure with its exit code.
 */
export async function untilStopped<T>(
  work: (signal: AbortSignal) => Promise<T>,
  left?: string,
): Promise<T> {
  const stop = listenForStop()
  try {
    return await work(stop.signal)
  } catch (error) {
    throw stop.exitCode === undefined ? error : cancellation(stop.exitCode, left)
  } finally {
    stop.release()
  }
}
