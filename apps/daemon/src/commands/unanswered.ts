import type { Quiet } from '@nanoclaw/host'
import { CommandFailure, exitCodes } from '../failure.ts'

/** How long it may take to see that nothing waits any more, when somebody wants to leave. */
const lookMs = 250

/**
 * A conversation that has ended leaves nobody waiting in silence.
 * @throws CommandFailure when messages of it will get no answer.
 */
export function expectAllAnswered({ unanswered }: Quiet): void {
  if (unanswered === 0) return
  const what = unanswered === 1 ? '1 message waits: its' : `${unanswered} messages wait: their`
  const message = `${what} session is in quarantine; see: nanoclaw incidents`
  throw new CommandFailure(exitCodes.failed, 'quarantined', message)
}

/** Whether everything has been answered already; does not wait for more than a moment. */
export async function isAllAnswered(
  whenQuiet: (signal: AbortSignal) => Promise<Quiet>,
): Promise<boolean> {
  const moment = new AbortController()
  const { promise: passed, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(() => {
    moment.abort()
    resolve(false)
  }, lookMs)
  try {
    const quiet = whenQuiet(moment.signal).then(
      ({ unanswered }) => unanswered === 0,
      () => false,
    )
    return await Promise.race([quiet, passed])
  } finally {
    clearTimeout(timer)
  }
}
