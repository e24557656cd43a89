import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import type { CommandContext, StrayErrors } from './commands/context.ts'
import { loadConfig } from './config.ts'
import type { Settings } from './config/settings.ts'
import { describeFailure, exitCodes, oneLine } from './failure.ts'
import { helpAfter } from './help.ts'
import { addChannels } from './program/channel-commands.ts'
import type { CommonFlags } from './program/command-parts.ts'
import { addLedger } from './program/ledger-commands.ts'

interface StartFlags extends CommonFlags {
  readonly headless?: boolean
  readonly driver?: NonNullable<Settings['driver']>
}

/**
 * Runs the command line and ends the process. Nothing that goes wrong shows a stack trace: a
 * sentence on standard error says what to do, and the exit code what it was.
 */
export async function main(args: readonly string[]): Promise<void> {
  const end = async (code: number): Promise<void> => {
    run.isOver = true
    await Promise.all([flushed(process.stdout), flushed(process.stderr)])
    process.exit(code)
  }
  const run: RunState = {
    logFile: undefined,
    json: args.includes('--json'),
    exitCode: 0,
    strays: undefined,
    isOver: false,
  }
  const fail = (error: unknown): Promise<void> => end(reportFailure(error, run))
  process.on('uncaughtException', (error) => {
    const { strays } = run
    if (strays === undefined) return void fail(error)
    // One more, or an end that does not come, ends it at once.
    run.strays = undefined
    strays.exception(error)
    setTimeout(() => void end(exitCodes.failed), stopLimitMs).unref()
  })
  process.on('unhandledRejection', (error) => {
    if (run.strays === undefined) void fail(error)
    else run.strays.rejection(error)
  })
  // Whatever ends the process before its work is done ends it with a failure. Not said by
  // process.exitCode before that: commander ends its help with what stands there.
  process.on('exit', (code) => {
    if (run.isOver || code >= firstSignalCode) return
    process.exitCode = code || exitCodes.failed
    say(run, 'unexpected', endedEarly)
  })
  // Who reads may go away; whoever writes notices by its own write.
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
  try {
    await buildProgram(run).parseAsync([...args], { from: 'user' })
    await end(run.exitCode)
  } catch (error) {
    await fail(error)
  }
}

/** A daemon that cannot stop after an exception that nobody caught is left to itself no longer. */
const stopLimitMs = 30_000
/** Codes from here on are those of signals. */
const firstSignalCode = 128
const endedEarly =
  'the process was ended before its work was done; a package that it had loaded must have done ' +
  'that, and the last lines of logs/daemon.log name it'

interface RunState {
  logFile: string | undefined
  json: boolean
  exitCode: number
  strays: StrayErrors | undefined
  isOver: boolean
}

function buildProgram(run: RunState): Command {
  const version = packageVersion()
  const context = (flags: StartFlags): CommandContext => {
    const { driver } = flags
    const config = loadConfig({
      flags: { home: flags.home, ...(driver === undefined ? {} : { driver }) },
    })
    run.logFile = join(config.layout.logs, 'daemon.log')
    run.json = flags.json === true
    const { stdin, stdout, stderr } = process
    const takeStrays = (strays: StrayErrors): void => void (run.strays = strays)
    return { config, json: run.json, version, stdin, stdout, stderr, takeStrays }
  }
  const program = new Command('nanoclaw')
    .description('AI agents that live in containers and talk over chat channels.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'say what can be done')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', helpAfter.program)
  const command = (name: string, description: string, parent = program): Command =>
    parent
      .command(name)
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
      const { runStart } = await import('./commands/start.ts')
      run.exitCode = await runStart(context(flags), { headless: flags.headless === true })
    })
  command('chat', 'talk to the agent of a running daemon')
    .addHelpText('after', helpAfter.chat)
    .action(async (flags: CommonFlags) => {
      const { runChat } = await import('./commands/chat.ts')
      run.exitCode = await runChat(context(flags))
    })
  command('status', 'say what runs here, and what needs attention')
    .addHelpText('after', helpAfter.status)
    .action(async (flags: CommonFlags) => {
      const { runStatus } = await import('./commands/status.ts')
      run.exitCode = await runStatus(context(flags))
    })
  command('incidents', 'list what needs attention, or say that it has been seen to')
    .option('--resolve <id>', 'resolve this incident; lifts a quarantine')
    .addHelpText('after', helpAfter.incidents)
    .action(async (flags: CommonFlags & { readonly resolve?: string }) => {
      const { runIncidents } = await import('./commands/incidents.ts')
      run.exitCode = await runIncidents(context(flags), { resolve: flags.resolve })
    })
  const parts = { command, context, run }
  addLedger(parts)
  addChannels(parts)
  program.helpCommand('help [command]', 'say what a command does')
  return program
}

/** Says what went wrong; gives the exit code. */
function reportFailure(error: unknown, run: RunState): number {
  if (error instanceof CommanderError) return reportUsage(error, run)
  const { exitCode, code, message } = describeFailure(error, run.logFile)
  say(run, code, message)
  return exitCode
}

function reportUsage(error: CommanderError, run: RunState): number {
  // Help and version that were asked for.
  if (error.exitCode === 0) return exitCodes.ok
  const text = oneLine(error.message.replace(/^error: /, ''))
  // commander.help: no command was named, and the help has been printed.
  const message = error.code === 'commander.help' ? 'expected a command' : text
  say(run, 'usage', `${message.replace(/[.?]?$/, '')}; see nanoclaw --help`)
  return exitCodes.usage
}

function say(run: RunState, code: string, message: string): void {
  process.stderr.write(`nanoclaw: ${message}\n`)
  if (!run.json) return
  process.stdout.write(`${JSON.stringify({ type: 'error', code, message })}\n`)
}

/** Resolves when all that was written has left the process, or cannot. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) resolve()
    else stream.write('', () => resolve())
  })
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const found: unknown = JSON.parse(text)
  const version: unknown =
    typeof found === 'object' && found !== null ? Reflect.get(found, 'version') : undefined
  return typeof version === 'string' ? version : 'unknown'
}
