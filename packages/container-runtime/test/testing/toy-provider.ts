import type {
  AgentProvider,
  ProviderEvent,
  ProviderTurn,
  TurnBatch,
  TurnInput,
} from '../../src/provider.ts'
import { createEventQueue } from '../../src/providers/event-queue.ts'

/** A turn of the toy, in pieces that a broken one can replace. */
export interface ToyTurn {
  readonly input: TurnInput
  readonly signal: AbortSignal
  put(event: ProviderEvent): void
  hand(event: ProviderEvent): Promise<void>
  /** Ends the events. */
  end(): void
}

/** What the toy does at each step; a broken provider differs in one. */
export interface ToyParts {
  readonly name: string
  /** Asked once, before anything. */
  begin(turn: ToyTurn): void
  /** Does one batch: `fail` reports an error, `tool` and `own` use a tool, `hang` never ends. */
  answer(turn: ToyTurn, batch: TurnBatch): Promise<void>
  /** What is left to do when the last batch is done. */
  finish(turn: ToyTurn): void
  pushed(batches: TurnBatch[], batch: TurnBatch): void
  closed(batches: TurnBatch[]): void
  interrupted(turn: ToyTurn): void
  aborted(turn: ToyTurn): void
}

export function textOf(batch: TurnBatch): string {
  const [row] = batch.rows
  return row?.entry.kind === 'chat' ? row.entry.content.text : ''
}

async function answer(turn: ToyTurn, batch: TurnBatch): Promise<void> {
  const text = textOf(batch)
  if (text === 'fail') throw new Error('the model is away')
  if (text === 'hang') await new Promise(() => undefined)
  if (text === 'tool') await turn.input.tools.call('look', {})
  if (text === 'own') {
    turn.put({ type: 'tool', name: 'shell', state: 'begun' })
    turn.put({ type: 'tool', name: 'shell', state: 'ended' })
  }
  const remembered = Number(turn.input.continuation ?? '0')
  const continuation = String(remembered + 1)
  await turn.hand({ type: 'result', text: 'well', through: batch.index, continuation })
}

/** The parts of a toy that keeps every promise. */
export const soundParts: ToyParts = {
  name: 'toy',
  begin: (turn) => {
    if (turn.signal.aborted) turn.end()
  },
  answer,
  finish: (turn) => turn.end(),
  pushed: (batches, batch) => void batches.push(batch),
  closed: () => undefined,
  interrupted: (turn) => turn.end(),
  aborted: (turn) => turn.end(),
}

function startTurn(input: TurnInput, parts: ToyParts): ProviderTurn {
  const queue = createEventQueue<ProviderEvent>()
  const turn: ToyTurn = { input, signal: input.signal, ...queue }
  const batches: TurnBatch[] = [{ index: 0, rows: input.rows, prompt: input.prompt }]
  let isClosed = false
  let working = false
  async function work(): Promise<void> {
    if (working) return
    working = true
    try {
      for (let next = batches.shift(); next !== undefined; next = batches.shift()) {
        await parts.answer(turn, next)
      }
    } catch (error) {
      queue.put({ type: 'error', class: 'retryable', message: String(error) })
      queue.end()
    }
    working = false
    if (isClosed) parts.finish(turn)
  }
  input.signal.addEventListener('abort', () => parts.aborted(turn), { once: true })
  parts.begin(turn)
  void work()
  return {
    events: queue.events,
    push: (batch) => {
      parts.pushed(batches, batch)
      void work()
    },
    close: () => {
      isClosed = true
      parts.closed(batches)
      if (!working) parts.finish(turn)
    },
    interrupt: () => parts.interrupted(turn),
  }
}

/** A small provider that keeps the port's promises, but for what `change` breaks. */
export function createToyProvider(change: Partial<ToyParts> = {}): AgentProvider {
  const parts = { ...soundParts, ...change }
  return { name: parts.name, startTurn: (input) => startTurn(input, parts) }
}
