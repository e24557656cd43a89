import type { AdapterContext, HandOverResult } from '../contract/context.ts'
import type { InboundEvent } from '../contract/events.ts'
import type { DeliveryUpdate } from '../contract/parts.ts'

/** How the host of a test answers one hand-over. */
export type HandOverAnswer = (event: InboundEvent) => Promise<HandOverResult>

/** A host for one test: answers as told and writes down what the adapter did. */
export interface Recorder {
  /** For the adapter that lives. */
  readonly ctx: AdapterContext
  /** Every call of `handOver`, in order, as it began. */
  readonly events: InboundEvent[]
  /** How many hand-overs have been answered. */
  settled: number
  /** Answers from now on; default accepts. */
  answer: HandOverAnswer
  readonly updates: { readonly key: string; readonly update: DeliveryUpdate }[]
  /** How often `healthChanged` was called. */
  healthChanges: number
  /** How often `fetch` was called. */
  fetches: number
  /** The process dies: `ctx` is inert, and another one from now on, with the same state. */
  die(): void
  /** Aborts every signal, and lets go of what hangs in a dead process. */
  end(): void
}

interface Life {
  readonly shutdown: AbortController
  readonly death: AbortController
}

const accept: HandOverAnswer = async () => ({ outcome: 'accepted' })
const quiet = (): void => {}

/** A context without a host behind it. `state` is a Map, the clock is the system's. */
export function createRecorder(realFetch: typeof fetch = globalThis.fetch): Recorder {
  const state = new Map<string, string>()
  const lives: Life[] = []
  let release = (_error: Error): void => {}
  const grave = new Promise<never>((_resolve, reject) => (release = reject))
  grave.catch(quiet)

  function begin(): AdapterContext {
    const life: Life = { shutdown: new AbortController(), death: new AbortController() }
    lives.push(life)
    const death = life.death.signal
    async function alive<T>(work: () => T | Promise<T>): Promise<T> {
      if (death.aborted) return await grave
      const result = await work()
      return death.aborted ? await grave : result
    }
    return {
      handOver: (event) => alive(() => handOver(event)),
      state: {
        get: (key) => alive(() => state.get(key)),
        set: (key, value) => alive(() => void state.set(key, value)),
        delete: (key) => alive(() => void state.delete(key)),
      },
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      clock: { now: () => new Date().toISOString() },
      fetch: (input, init) => alive(() => countedFetch(death, input, init)),
      signal: life.shutdown.signal,
      deliveryUpdate: (key, update) => alive(() => void recorder.updates.push({ key, update })),
      healthChanged: () => {
        if (!death.aborted) recorder.healthChanges += 1
      },
    }
  }

  async function handOver(event: InboundEvent): Promise<HandOverResult> {
    recorder.events.push(event)
    try {
      return await recorder.answer(event)
    } finally {
      recorder.settled += 1
    }
  }

  function countedFetch(death: AbortSignal, ...[input, init]: Parameters<typeof fetch>) {
    recorder.fetches += 1
    const own = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    const signal = own === undefined ? death : AbortSignal.any([own, death])
    return realFetch(input, { ...init, signal })
  }

  let ctx = begin()
  const recorder: Recorder = {
    get ctx() {
      return ctx
    },
    events: [],
    settled: 0,
    answer: accept,
    updates: [],
    healthChanges: 0,
    fetches: 0,
    die: () => {
      lives.at(-1)?.death.abort()
      ctx = begin()
    },
    end: () => {
      for (const { shutdown } of lives) shutdown.abort()
      release(new Error('The test is over.'))
    },
  }
  return recorder
}
