import { CommandFailure, exitCodes } from '../failure.ts'

/** What the running daemon answers; undefined where none runs. */
export async function ifRunning<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof CommandFailure && error.exitCode === exitCodes.notRunning) return undefined
    throw error
  }
}
