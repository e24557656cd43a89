import assert from 'node:assert/strict'
import { answeredThrough, batch, told, type ProviderPromise } from './provider-bench.ts'

/** How a turn ends. */
export const endCases: readonly ProviderPromise[] = [
  {
    name: 'it ends when it is interrupted',
    why: 'a person has said stop; until the turn has ended, nothing else of the session is answered',
    check: async ({ start, read, options }) => {
      const { turn } = start(options.endlessText ?? options.ordinaryText)
      turn.interrupt()
      await read(turn)
    },
  },
  {
    name: 'it ends when its signal is aborted',
    why: 'the runner is leaving and waits no longer',
    check: async ({ start, read, options }) => {
      const { turn, abort } = start(options.endlessText ?? options.ordinaryText)
      abort.abort()
      await read(turn)
    },
  },
  {
    name: 'it ends when its signal was aborted before it began',
    why: 'an abort between the claim of the rows and the start of the turn is an abort, too',
    check: async ({ start, read, options }) => {
      const { turn } = start(options.endlessText ?? options.ordinaryText, {
        signal: AbortSignal.abort(),
      })
      await read(turn)
    },
  },
  {
    name: 'close, interrupt and abort after the end do no harm',
    why: 'the runner says goodbye to every turn, and does not ask first whether it is over',
    check: async ({ start, read, options }) => {
      const { turn, abort } = start(options.ordinaryText)
      await read(turn)
      try {
        turn.interrupt()
        turn.close()
        abort.abort()
      } catch (error) {
        throw new Error(`it threw after its end: ${String(error)}`, { cause: error })
      }
    },
  },
  {
    name: 'after an interrupted turn it runs the next one',
    why: 'one provider serves a container as long as it lives',
    check: async ({ start, read, options }) => {
      const first = start(options.endlessText ?? options.ordinaryText)
      first.turn.push(batch(1, options.ordinaryText))
      first.turn.interrupt()
      await read(first.turn)
      const second = start(options.ordinaryText)
      const events = await read(second.turn)
      assert.equal(answeredThrough(events).at(-1), 0, `the next turn ended with ${told(events)}`)
    },
  },
  {
    name: 'a failure is an error event, and the last one',
    why: 'only an event can say whether the same rows may be tried again; what follows it is not read',
    needs: 'failingText',
    check: async ({ start, read, options }) => {
      const { turn } = start(options.failingText ?? '')
      const events = await read(turn).catch((error: unknown) => {
        throw new Error(`reading its events did not end: ${String(error)}`, { cause: error })
      })
      const at = events.findIndex(({ type }) => type === 'error')
      assert.notEqual(at, -1, `it reported no error: ${told(events)}`)
      assert.equal(at, events.length - 1, `its error was not its last event: ${told(events)}`)
    },
  },
]
