import type { AgentProvider, ProviderEvent } from '../../src/provider.ts'
import { createToyProvider, soundParts, textOf, type ToyParts } from './toy-provider.ts'

type Make = () => AgentProvider

const broken = (change: Partial<ToyParts>): Make => {
  return () => createToyProvider(change)
}

/** A toy that hands on what `change` makes of each of its events. */
const saying = (change: (event: ProviderEvent) => ProviderEvent): Make =>
  broken({
    answer: (turn, batch) =>
      soundParts.answer({ ...turn, hand: (event) => turn.hand(change(event)) }, batch),
  })

function renamed(): Make {
  let made = 0
  return () => createToyProvider({ name: `toy-${(made += 1)}` })
}

/** Works on one turn only: it takes an interrupted turn for the end of everything. */
function spoilt(): Make {
  let dead = false
  return () =>
    createToyProvider({
      begin: (turn) => {
        if (dead) turn.end()
      },
      interrupted: (turn) => {
        dead = true
        turn.end()
      },
    })
}

/** A provider that breaks each promise, by the name of the case that is meant to catch it. */
export const brokenProviders: Readonly<Record<string, Make>> = {
  'its name is not empty, and the same whenever it is made': renamed(),
  'a batch is answered by a text through its index; after close the turn ends': broken({
    finish: () => undefined,
  }),
  'every event has the form of the port; no result goes beyond the batches given': saying(
    (event) => (event.type === 'result' ? { ...event, through: event.through + 1 } : event),
  ),
  'a turn stays open until it is closed, and answers what is pushed meanwhile': broken({
    answer: async (turn, batch) => {
      await soundParts.answer(turn, batch)
      turn.end()
    },
  }),
  'a batch pushed before the first result is answered too, also after close': broken({
    closed: (batches) => void batches.splice(0),
  }),
  'no result takes back what an earlier one has answered': saying((event) =>
    event.type === 'result' && event.through === 2 ? { ...event, through: 0 } : event,
  ),
  'a batch without rows is the word of the runner, and is answered': broken({
    pushed: (batches, batch) => {
      if (batch.rows.length > 0) batches.push(batch)
    },
  }),
  'it takes its own continuation back, also in another process': broken({
    answer: async (turn, batch) => {
      if (turn.input.continuation !== undefined) throw new Error('no such conversation')
      await soundParts.answer(turn, batch)
    },
  }),
  'a tool that answers with an error has answered: the turn goes on to its result': broken({
    answer: async (turn, batch) => {
      if (textOf(batch) === 'tool') {
        const { isError } = await turn.input.tools.call('look', {})
        if (isError) throw new Error('the tool failed')
      }
      await soundParts.answer(turn, batch)
    },
  }),
  'after a result it calls no tool for later batches until the next event is asked for': broken({
    answer: (turn, batch) =>
      soundParts.answer({ ...turn, hand: async (event) => turn.put(event) }, batch),
  }),
  'it ends when its signal is aborted, also while a tool call is in flight': broken({
    answer: async (turn, batch) => {
      if (textOf(batch) === 'tool') await turn.input.tools.call('look', {})
      await soundParts.answer(turn, batch)
    },
    aborted: () => undefined,
  }),
  'a tool of its own is reported when it begins and when it ends, before the result': broken({
    answer: (turn, batch) => {
      const put = (event: ProviderEvent): void => {
        if (event.type !== 'tool' || event.state === 'begun') turn.put(event)
      }
      return soundParts.answer({ ...turn, put }, batch)
    },
  }),
  'it ends when it is interrupted': broken({ interrupted: () => undefined }),
  'it ends when its signal is aborted': broken({ aborted: () => undefined }),
  'it ends when its signal was aborted before it began': broken({ begin: () => undefined }),
  'close, interrupt and abort after the end do no harm': () => {
    let over = false
    return createToyProvider({
      finish: (turn) => {
        over = true
        turn.end()
      },
      interrupted: (turn) => {
        if (over) throw new Error('the connection is closed')
        turn.end()
      },
    })
  },
  'after an interrupted turn it runs the next one': spoilt(),
  'a failure is an error event, and the last one': broken({
    answer: async (turn, batch) => {
      if (textOf(batch) !== 'fail') return soundParts.answer(turn, batch)
      turn.put({ type: 'error', class: 'fatal', message: 'the model is away' })
      turn.put({ type: 'progress', note: 'so sorry' })
      turn.end()
    },
  }),
}
