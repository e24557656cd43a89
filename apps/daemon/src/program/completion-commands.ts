import { Argument, type Command } from 'commander'
import { helpAfter } from '../help.ts'
import type { CommandParts, CommonFlags } from './command-parts.ts'
import { shells, type Shell } from './completion-scripts.ts'

/** What makes shells complete the commands of this program. */
export function addCompletion(program: Command, { command, context, run }: CommandParts): void {
  command('completion', 'print what makes the tab key complete all this')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText('after', helpAfter.completion)
    .action(async (shell: Shell, flags: CommonFlags) => {
      const { runCompletion } = await import('../commands/completion.ts')
      run.exitCode = runCompletion(context(flags), shell)
    })
  // Asked by those scripts at every stroke of the tab key.
  command('complete-words [words...]', 'say what can stand next', program, { hidden: true }).action(
    async (words: readonly string[], flags: CommonFlags) => {
      const { runComplete } = await import('../commands/completion.ts')
      run.exitCode = await runComplete(context(flags), program, words)
    },
  )
}
