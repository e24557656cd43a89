import type { Command, CommandOptions } from 'commander'
import type { CommandContext } from '../commands/context.ts'

/** What every command can be told. */
export interface CommonFlags {
  readonly home?: string
  readonly json?: boolean
}

/** What a group of commands is put together with. */
export interface CommandParts {
  /** A command with the flags that all have; below the program unless said otherwise. */
  readonly command: (
    name: string,
    description: string,
    parent?: Command,
    options?: CommandOptions,
  ) => Command
  readonly context: (flags: CommonFlags) => CommandContext
  /** Gets the exit code of the command that was run. */
  readonly run: { exitCode: number }
}

/** `--home` and `--json` may stand before the name of a command below another, too. */
export function withParent<T extends CommonFlags>(flags: T, parent: Command): T {
  return { ...parent.opts<CommonFlags>(), ...flags }
}
