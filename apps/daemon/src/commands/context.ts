import type { Config } from '../config.ts'

/** What every command gets. */
export interface CommandContext {
  readonly config: Config
  /** Results for programs: JSON on standard output. */
  readonly json: boolean
  readonly version: string
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** From now on these are told; else such an error ends the command. */
  takeStrays(strays: StrayErrors): void
}

/** Errors that reach nobody who waits for them, in a process that runs the code of others. */
export interface StrayErrors {
  /** A promise was rejected, and nobody had asked about it: the process goes on. */
  rejection(error: unknown): void
  /** Nobody caught it. The process is in an unknown state, and has to be ended. */
  exception(error: unknown): void
}

/** One line on standard error for the person who watches. */
export function tell(context: Pick<CommandContext, 'stderr'>, line: string): void {
  context.stderr.write(`nanoclaw: ${line}\n`)
}
