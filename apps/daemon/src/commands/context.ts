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
}

/** One line on standard error for the person who watches. */
export function tell(context: Pick<CommandContext, 'stderr'>, line: string): void {
  context.stderr.write(`nanoclaw: ${line}\n`)
}
