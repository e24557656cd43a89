import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import type { CommandContext, StrayErrors } from './commands/context.ts'
import { loadConfig } from './config.ts'
import { buildProgram, type StartFlags } from './program/build-program.ts'
import { describeFailure, exitCodes, oneLine } from './failure.ts'

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
    const version = packageVersion()
    const context = (flags: StartFlags): CommandContext => contextOf(flags, version, run)
    await buildProgram({ version, context, run }).parseAsync([...args], { from: 'user' })
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

/** A command's context from its flags; what is said of a failure goes by it, too. */
function contextOf(flags: StartFlags, version: string, run: RunState): CommandContext {
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
