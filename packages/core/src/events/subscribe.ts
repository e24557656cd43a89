import { NanoclawError } from '@nanoclaw/schema'
import { replayEvents, type ReplayDeps } from './replay-events.ts'
import type { CoreEvent, SubscribeOptions } from './types.ts'

/**
 * Events above a stamp: from memory where it reaches back so far, else from the databases, as often
 * as the reader falls behind. The position only ever rises, so that nothing comes twice.
 */
async function* eventsAbove(
  deps: ReplayDeps,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<CoreEvent, void, undefined> {
  const { log } = deps
  let position = from
  while (!signal.aborted) {
    if (!log.recent.reaches(position)) {
      const upTo = log.settled
      if (upTo <= position) {
        await log.changed(signal)
        continue
      }
      for await (const { stamp, event } of replayEvents(deps, { after: position, upTo, signal })) {
        position = stamp
        yield event
      }
      position = upTo
      continue
    }
    const next = log.recent.after(position)
    if (next === undefined) {
      await log.changed(signal)
    } else {
      position = next.stamp
      yield next.event
    }
  }
}

/** Ends the events, without an error, with the first of the signals. */
async function* until(
  deps: ReplayDeps,
  from: number,
  stop: AbortController,
  signals: readonly AbortSignal[],
): AsyncGenerator<CoreEvent, void, undefined> {
  const abort = () => stop.abort()
  const unsubscribe = deps.log.subscribed()
  for (const signal of signals) {
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  }
  try {
    for await (const event of eventsAbove(deps, from, stop.signal)) {
      yield event
      if (stop.signal.aborted) return
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    unsubscribe()
    for (const signal of signals) signal.removeEventListener('abort', abort)
  }
}

/** What `Core.subscribe` is made of. */
export function createSubscribe(deps: ReplayDeps) {
  const { log } = deps
  return (from?: string, { signal }: SubscribeOptions = {}): AsyncIterable<CoreEvent> => {
    if (log.ended.aborted) {
      throw new NanoclawError('closed', 'this core has been closed; create another')
    }
    const last = log.lastStamp()
    const position = from === undefined ? log.settled : log.cursors.fromCursor(from, last)
    const signals = signal === undefined ? [log.ended] : [log.ended, signal]
    return {
      [Symbol.asyncIterator]() {
        const stop = new AbortController()
        const events = until(deps, position, stop, signals)
        return {
          next: () => events.next(),
          // A generator that waits would return with its next event, if there ever is one.
          return() {
            stop.abort()
            return events.return()
          },
        }
      },
    }
  }
}
