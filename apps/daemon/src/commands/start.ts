import type { SubmitTarget } from '@nanoclaw/adapters/terminal'
import { errorMessage } from '@nanoclaw/schema'
import { allTexts, createRedactor } from '../channels/redactor.ts'
import { createDaemon, type Daemon } from '../daemon.ts'
import { createDeferred } from '../deferred.ts'
import { exitCodes } from '../failure.ts'
import { listenForStop, type StopSignals } from '../stop-signals.ts'
import { tell, type CommandContext } from './context.ts'
import { writeEvent } from './json-console.ts'
import { expectAllAnswered, isAllAnswered } from './unanswered.ts'
import { createLocalConsole, type LocalConsole } from './local-console.ts'

/** What `start` can be told. */
export interface StartOptions {
  /** No conversation here, standard input is left alone. */
  readonly headless: boolean
}

/** How long stopping may take before somebody is told that it goes on. */
const patienceMs = 1_000

/** Runs a daemon until its input ends, or it is told to stop; gives the exit code. */
export async function runStart(context: CommandContext, options: StartOptions): Promise<number> {
  const stop = listenForStop()
  const local = options.headless ? undefined : createLocalConsole(context)
  const note = (line: string): void => (local ? local.note(line) : tell(context, line))
  // That the reader of a pipe has had enough (`| head -1`) needs no warning.
  const notice = (line: string): void => void (local?.lost.aborted || note(line))
  const broken = createDeferred<never>()
  broken.promise.catch(() => undefined)
  const unlessBroken = <T>(work: Promise<T>): Promise<T> => Promise.race([work, broken.promise])
  let running: Daemon | undefined
  if (context.config.channels.length > 0) {
    const redactor = createRedactor(allTexts(context.config.channels))
    context.takeStrays({
      rejection(error) {
        const clean = redactor.error(error)
        if (running) void running.reportStray(clean)
        else notice(`warning: nobody waits for what was rejected: ${errorMessage(clean)}`)
      },
      exception: (error) => broken.reject(redactor.error(error)),
    })
  }
  try {
    const daemon = await unlessBroken(
      createDaemon(context.config, { notice, version: context.version }),
    )
    running = daemon
    let exitCode: number
    try {
      exitCode = await unlessBroken(
        local ? converse(daemon, local, stop, context) : serve(daemon, stop, context),
      )
    } finally {
      local?.close()
      const patience = setTimeout(
        () => tell(context, 'stopping… (Ctrl-C ends it at once)'),
        patienceMs,
      )
      await daemon.stop().finally(() => clearTimeout(patience))
    }
    return exitCode
  } finally {
    stop.release()
  }
}

async function serve(daemon: Daemon, stop: StopSignals, context: CommandContext): Promise<number> {
  if ((await begin(daemon, stop)) === 'aborted') return exitCodes.ok
  await announce(daemon, context)
  tell(context, `${whoAnswers(daemon)} Talk to it with: nanoclaw chat`)
  // Listening to signals alone keeps no process alive.
  const alive = setInterval(() => undefined, 60_000)
  await aborted(stop.signal)
  clearInterval(alive)
  return exitCodes.ok
}

async function converse(
  daemon: Daemon,
  local: LocalConsole,
  stop: StopSignals,
  context: CommandContext,
): Promise<number> {
  const seat = createDeferred<SubmitTarget>()
  const target: SubmitTarget = {
    submit: async (text, given) => (await seat.promise).submit(text, given),
  }
  local.note(whoAnswers(daemon))
  if (local.interactive) {
    local.note('/help lists what can be typed, /quit leaves.\n')
    // The prompt comes first, so that an answer of an earlier run finds a screen to stand on.
    await local.begin(target)
  }
  const attached = daemon.terminal.attach(local.console)
  if ((await begin(daemon, stop)) === 'aborted') {
    return local.interactive ? exitCodes.ok : (stop.exitCode ?? exitCodes.ok)
  }
  await announce(daemon, context)
  seat.resolve(attached)
  if (!local.interactive) await local.begin(target)
  const over = AbortSignal.any([stop.signal, local.lost])
  const how = await Promise.race([local.ended, aborted(over)])
  // From now on one Ctrl-C more ends it at once.
  if (how === 'left') stop.interrupt()
  if (how === 'end-of-input') {
    const quiet = await Promise.race([
      daemon.whenQuiet(over).catch(unlessAborted(over)),
      aborted(over),
    ])
    if (quiet !== 'aborted') expectAllAnswered(quiet)
  }
  const isCutShort = !local.interactive && stop.exitCode !== undefined
  if (isCutShort && !(await isAllAnswered(daemon.whenQuiet))) return stop.exitCode
  return exitCodes.ok
}

/** Starts it; a signal that comes meanwhile ends that. */
function begin(daemon: Daemon, { signal }: StopSignals): Promise<'aborted' | void> {
  return daemon.start(signal).catch(unlessAborted(signal))
}

function unlessAborted(signal: AbortSignal): (error: unknown) => 'aborted' {
  return (error) => {
    if (signal.aborted) return 'aborted'
    throw error
  }
}

function whoAnswers(daemon: Daemon): string {
  const { name, provider } = daemon.agent
  if (provider !== 'scripted') return `${name} answers (${provider}).`
  return `${name} answers: no model is configured, so it is the built-in scripted agent, which echoes.`
}

async function announce(daemon: Daemon, context: CommandContext): Promise<void> {
  if (!context.json) return
  const { agent, chat, driver } = daemon
  await writeEvent(context.stdout, {
    type: 'ready',
    agent: agent.name,
    chat: chat.name,
    driver: driver.name,
    home: context.config.home,
    pid: process.pid,
  }).catch(() => undefined)
}

/** Resolves when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted')
    signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
}
