import type { AgentProvider, ProviderEvent, TurnBatch, TurnInput } from '../../src/provider.ts'
import { createEventQueue } from '../../src/providers/event-queue.ts'

/** A turn in the hands of a test. */
export interface ManualTurn {
  readonly input: TurnInput
  readonly pushes: TurnBatch[]
  readonly closed: boolean
  readonly interrupted: boolean
  emit(event: ProviderEvent): void
  /** Being interrupted, it says this before its end. */
  whenInterrupted(event: ProviderEvent): void
  result(text: string, through?: number, continuation?: string): void
  end(): void
}

/** A provider whose every event a test decides. */
export function createManualProvider(): AgentProvider & { readonly turns: ManualTurn[] } {
  const turns: ManualTurn[] = []
  return {
    name: 'manual',
    turns,
    startTurn: (input) => {
      const queue = createEventQueue<ProviderEvent>()
      const pushes: TurnBatch[] = []
      const state = { closed: false, interrupted: false }
      let lastWord: ProviderEvent | undefined
      turns.push({
        input,
        pushes,
        get closed() {
          return state.closed
        },
        get interrupted() {
          return state.interrupted
        },
        emit: queue.put,
        whenInterrupted: (event) => {
          lastWord = event
        },
        end: queue.end,
        result: (text, through = pushes.length, continuation) =>
          queue.put({
            type: 'result',
            text,
            through,
            ...(continuation === undefined ? {} : { continuation }),
          }),
      })
      return {
        events: queue.events,
        push: (batch) => void pushes.push(batch),
        close: () => {
          state.closed = true
          queue.end()
        },
        interrupt: () => {
          state.interrupted = true
          if (lastWord !== undefined) queue.put(lastWord)
          queue.end()
        },
      }
    },
  }
}
