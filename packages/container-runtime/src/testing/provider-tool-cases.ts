import assert from 'node:assert/strict'
import {
  answeredThrough,
  batch,
  told,
  toolsAnswering,
  type ProviderPromise,
} from './provider-bench.ts'

/** Time enough for whatever a provider would do unasked. */
async function letItRun(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate)
}

/** What a turn does with tools. */
export const toolCases: readonly ProviderPromise[] = [
  {
    name: 'a tool that answers with an error has answered: the turn goes on to its result',
    why: 'what a model did wrong it is told in the answer, and can mend',
    needs: 'toolText',
    check: async ({ start, read, options }) => {
      let calls = 0
      const tools = toolsAnswering(() => {
        calls += 1
        return Promise.resolve({ text: 'no such thing', isError: true })
      })
      const { turn } = start(options.toolText ?? '', { tools })
      const events = await read(turn)
      assert.ok(calls > 0, 'it called no tool, so that this could not be tried')
      assert.equal(answeredThrough(events).at(-1), 0, `it ended with ${told(events)}`)
    },
  },
  {
    name: 'after a result it calls no tool for later batches until the next event is asked for',
    why: 'what is called before a result is booked with that result’s rows; when the later rows are run again it would be done twice',
    needs: 'toolText',
    check: async ({ start, read, options }) => {
      let calls = 0
      const tools = toolsAnswering(() => {
        calls += 1
        return Promise.resolve({ text: 'done', isError: false })
      })
      const { turn } = start(options.ordinaryText, { tools })
      turn.push(batch(1, options.toolText ?? ''))
      turn.close()
      let unasked = 0
      await read(turn, async ({ through }) => {
        if (through >= 1) return
        await letItRun()
        unasked = calls
      })
      assert.equal(unasked, 0, `it called ${unasked} tool(s) for a batch whose turn had not come`)
      assert.ok(calls > 0, 'it called no tool, so that this could not be tried')
    },
  },
  {
    name: 'it ends when its signal is aborted, also while a tool call is in flight',
    why: 'a container that must end now waits for no tool',
    needs: 'toolText',
    check: async ({ start, read, options }) => {
      const inFlight = Promise.withResolvers<true>()
      const tools = toolsAnswering(() => {
        inFlight.resolve(true)
        return new Promise(() => undefined)
      })
      const { turn, abort } = start(options.toolText ?? '', { tools })
      const reading = read(turn)
      const called = await Promise.race([inFlight.promise, reading.then(() => false)])
      assert.ok(called, 'it called no tool, so that this could not be tried')
      abort.abort()
      await reading
    },
  },
  {
    name: 'a tool of its own is reported when it begins and when it ends, before the result',
    why: 'a run that was cut off is told which tools it had begun: their effects are in the world',
    needs: 'ownToolText',
    check: async ({ start, read, options }) => {
      const { turn } = start(options.ownToolText ?? '')
      const events = await read(turn)
      const open: string[] = []
      let begun = 0
      for (const event of events) {
        if (event.type === 'result') assert.deepEqual(open, [], `it said ${told(events)}`)
        if (event.type !== 'tool') continue
        if (event.state === 'begun') begun = open.push(event.name)
        else assert.equal(open.pop(), event.name, `it said ${told(events)}`)
      }
      assert.ok(begun > 0, `it reported no tool of its own: ${told(events)}`)
    },
  },
]
