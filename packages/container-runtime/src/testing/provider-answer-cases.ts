import assert from 'node:assert/strict'
import type { ProviderEvent } from '../provider.ts'
import { answeredThrough, batch, told, type ProviderPromise } from './provider-bench.ts'

function formProblem(event: ProviderEvent, pushed: number): string | undefined {
  const shown = JSON.stringify(event)
  switch (event.type) {
    case 'progress':
      return typeof event.note === 'string' ? undefined : `${shown} has no note`
    case 'tool':
      return typeof event.name === 'string' && ['begun', 'ended'].includes(event.state)
        ? undefined
        : `${shown} does not say which tool has begun or ended`
    case 'error':
      return typeof event.message === 'string' && ['retryable', 'fatal'].includes(event.class)
        ? undefined
        : `${shown} does not say whether another try may help, and why`
    case 'result': {
      if (typeof event.text !== 'string') return `${shown} has no text`
      if (!['string', 'undefined'].includes(typeof event.continuation)) {
        return `${shown} has a continuation that is no string`
      }
      const known = Number.isSafeInteger(event.through) && event.through >= 0
      return known && event.through <= pushed
        ? undefined
        : `${shown} answers through ${event.through}, the last batch given to it was ${pushed}`
    }
    default:
      return `${shown} is none of progress, tool, result and error`
  }
}

/** What a turn says. */
export const answerCases: readonly ProviderPromise[] = [
  {
    name: 'its name is not empty, and the same whenever it is made',
    why: 'the name of a provider is the key of its memory in the session',
    check: async ({ provider, again }) => {
      assert.ok(provider.name !== '', 'its name is empty')
      const { name } = await again()
      assert.equal(name, provider.name, `it was called ${provider.name}, made again ${name}`)
    },
  },
  {
    name: 'a batch is answered by a text through its index; after close the turn ends',
    why: 'rows count as answered when a result reaches their index, and not before',
    check: async ({ start, read, options }) => {
      const { turn } = start(options.ordinaryText)
      const events = await read(turn)
      assert.equal(answeredThrough(events).at(-1), 0, `it ended with ${told(events)}`)
      const texts = events.flatMap((event) => (event.type === 'result' ? [event.text] : []))
      assert.ok(texts.join('').trim() !== '', 'the text of its result is empty')
      assert.ok(!events.some(({ type }) => type === 'error'), `it failed: ${told(events)}`)
    },
  },
  {
    name: 'every event has the form of the port; no result goes beyond the batches given',
    why: 'a row that a result claims before the model has seen it is never answered',
    check: async ({ start, read, options }) => {
      const { turn } = start(options.ordinaryText)
      const events = await read(turn, (event, nth) => {
        const problem = formProblem(event, nth - 1)
        assert.equal(problem, undefined, `its event ${problem}`)
        if (nth === 1) turn.push(batch(1, options.ordinaryText))
        else turn.close()
      })
      const problem = events.map((event) => formProblem(event, 1)).find((one) => one !== undefined)
      assert.equal(problem, undefined, `its event ${problem}`)
    },
  },
  {
    name: 'a turn stays open until it is closed, and answers what is pushed meanwhile',
    why: 'messages that come while the model works belong to the same conversation and turn',
    check: async ({ start, read, options }) => {
      const { turn } = start(options.ordinaryText)
      const events = await read(turn, (event, nth) => {
        if (nth === 1) turn.push(batch(1, options.ordinaryText))
        if (event.through === 1) turn.close()
      })
      assert.equal(answeredThrough(events).at(-1), 1, `it ended with ${told(events)}`)
    },
  },
  {
    name: 'a batch pushed before the first result is answered too, also after close',
    why: 'close says that nothing more will come, not that what came may be dropped',
    check: async ({ start, read, options }) => {
      const { turn } = start(options.ordinaryText)
      turn.push(batch(1, options.ordinaryText))
      turn.close()
      const events = await read(turn, () => undefined)
      assert.equal(answeredThrough(events).at(-1), 1, `it ended with ${told(events)}`)
    },
  },
  {
    name: 'no result takes back what an earlier one has answered',
    why: 'the rows of an earlier result are already committed as done',
    check: async ({ start, read, options }) => {
      const { turn } = start(options.ordinaryText)
      const events = await read(turn, ({ through }, nth) => {
        if (nth < 3) turn.push(batch(nth, options.ordinaryText))
        if (nth >= 3 || through >= 2) turn.close()
      })
      const through = answeredThrough(events)
      assert.deepEqual(
        through,
        through.toSorted((a, b) => a - b),
        `it said ${told(events)}`,
      )
    },
  },
  {
    name: 'a batch without rows is the word of the runner, and is answered',
    why: 'so the runner tells the model that its output named nobody, and waits for what it says',
    check: async ({ start, read, options }) => {
      const prompt = '<system_response type="output_problems">- nobody</system_response>'
      const { turn } = start(options.ordinaryText)
      const events = await read(turn, ({ through }, nth) => {
        if (nth === 1) turn.push({ index: 1, rows: [], prompt })
        if (through === 1) turn.close()
      })
      assert.equal(answeredThrough(events).at(-1), 1, `it ended with ${told(events)}`)
    },
  },
  {
    name: 'it takes its own continuation back, also in another process',
    why: 'a container is ended when it is idle; the next one goes on with the same conversation',
    check: async ({ start, read, again, options }) => {
      const first = start(options.ordinaryText)
      let continuation: string | undefined
      await read(first.turn, (event) => {
        continuation = event.continuation ?? continuation
        first.turn.close()
      })
      const second = start(options.ordinaryText, { continuation }, await again())
      const events = await read(second.turn)
      const shown = JSON.stringify(continuation)
      const did = `given its own continuation ${shown} it ended with ${told(events)}`
      assert.equal(answeredThrough(events).at(-1), 0, did)
    },
  },
]
