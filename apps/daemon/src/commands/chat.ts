import type { SubmitTarget } from '@nanoclaw/adapters/terminal'
import { NanoclawError } from '@nanoclaw/schema'
import { openChat } from '../control/client.ts'
import { exitCodes } from '../failure.ts'
import { listenForStop } from '../stop-signals.ts'
import type { CommandContext } from './context.ts'
import { expectAllAnswered, isAllAnswered } from './unanswered.ts'
import { createLocalConsole } from './local-console.ts'

/** Talks to a running daemon until the input has ended and was answered; gives the exit code. */
export async function runChat(context: CommandContext, room?: string): Promise<number> {
  const { config } = context
  const chat = await openChat(config.socketPath, config.home, room)
  const stop = listenForStop()
  const local = createLocalConsole(context)
  const target: SubmitTarget = { submit: (text, options) => chat.submit(text, options) }
  try {
    if (local.interactive) {
      const where = room === undefined ? config.home : `${chat.chat} (${config.home})`
      local.note(`Talking to ${chat.agent} in ${where}; /quit leaves, the daemon goes on.\n`)
      await local.begin(target)
    }
    chat.begin(local.console)
    if (!local.interactive) await local.begin(target)
    const interrupted = new Promise<'interrupted'>((resolve) => {
      const listener = (): void => resolve('interrupted')
      AbortSignal.any([stop.signal, local.lost]).addEventListener('abort', listener, { once: true })
    })
    const gone = chat.ended.then((reason): never => {
      throw new NanoclawError(
        'closed',
        `the daemon ended the conversation: ${reason ?? 'it is over'}`,
      )
    })
    gone.catch(() => undefined)
    const how = await Promise.race([local.ended, interrupted, gone])
    if (how === 'end-of-input') {
      const quiet = await Promise.race([chat.whenQuiet(), interrupted, gone])
      if (quiet !== 'interrupted') expectAllAnswered(quiet)
    }
    const isCutShort = !local.interactive && stop.exitCode !== undefined
    if (isCutShort && !(await isAllAnswered(() => chat.whenQuiet()))) return stop.exitCode
    return exitCodes.ok
  } finally {
    local.close()
    chat.close()
    stop.release()
  }
}
