import { Command, Option, type CommandOptions } from 'commander'
import type { CommandContext } from '../commands/context.ts'
import type { Settings } from '../config/settings.ts'
import { helpAfter } from '../help.ts'
import { addAdmin } from './admin-commands.ts'
import { addCompletion } from './completion-commands.ts'
import { addChannels } from './channel-commands.ts'
import type { CommonFlags } from './command-parts.ts'
import { addLedger } from './ledger-commands.ts'

/** What `start` can be told beside what every command can. */
export interface StartFlags extends CommonFlags {
  readonly headless?: boolean
  readonly driver?: NonNullable<Settings['driver']>
}

/** What the command line is put together with. */
export interface ProgramParts {
  readonly version: string
  readonly context: (flags: StartFlags) => CommandContext
  /** Gets the exit code of the command that was run. */
  readonly run: { exitCode: number }
}

/** Every command, with its help; nothing of a command's work is loaded before it runs. */
export function buildProgram({ version, context, run }: ProgramParts): Command {
  const program = new Command('nanoclaw')
    .description('AI agents that live in containers and talk over chat channels.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'say what can be done')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', helpAfter.program)
  const command = (
    name: string,
    description: string,
    parent = program,
    options: CommandOptions = {},
  ): Command =>
    parent
      .command(name, options)
      .description(description)
      .option('--home <dir>', 'where everything is kept (default: $NANOCLAW_HOME or ~/.nanoclaw)')
      .option('--json', 'print JSON for programs on standard output')
      .helpOption('-h, --help', 'say what can be done')

  command('start', 'start the daemon, with a conversation in this terminal')
    .option('--headless', 'no conversation here: run until stopped, without reading input')
    .addOption(
      new Option(
        '--driver <name>',
        'what runs the containers (default: $NANOCLAW_DRIVER or auto)',
      ).choices(['auto', 'bwrap', 'process']),
    )
    .addHelpText('after', helpAfter.start)
    .action(async (flags: StartFlags) => {
      const { runStart } = await import('../commands/start.ts')
      run.exitCode = await runStart(context(flags), { headless: flags.headless === true })
    })
  command('chat [chat]', 'talk to the agent of a running daemon')
    .addHelpText('after', helpAfter.chat)
    .action(async (chat: string | undefined, flags: CommonFlags) => {
      const { runChat } = await import('../commands/chat.ts')
      run.exitCode = await runChat(context(flags), chat)
    })
  command('status', 'say what runs here, and what needs attention')
    .addHelpText('after', helpAfter.status)
    .action(async (flags: CommonFlags) => {
      const { runStatus } = await import('../commands/status.ts')
      run.exitCode = await runStatus(context(flags))
    })
  command('incidents', 'list what needs attention, or say that it has been seen to')
    .option('--resolve <id>', 'resolve this incident; lifts a quarantine')
    .addHelpText('after', helpAfter.incidents)
    .action(async (flags: CommonFlags & { readonly resolve?: string }) => {
      const { runIncidents } = await import('../commands/incidents.ts')
      run.exitCode = await runIncidents(context(flags), { resolve: flags.resolve })
    })
  const parts = { command, context, run }
  addLedger(parts)
  addChannels(parts)
  addAdmin(parts)
  addCompletion(program, parts)
  program.helpCommand('help [command]', 'say what a command does')
  return program
}
