import type { AdapterContext, HandOverResult } from '../contract/context.ts'
import type { InboundEvent } from '../contract/events.ts'
import type { DeliveryUpdate } from '../contract/parts.ts'

/** How the host of a test answers one hand-over. */
export type HandOverAnswer = (event: InboundEvent) => Promise<HandOverResult>

/** A host for one test: answers as told and writes down what the adapter did. */
export interface Recorder {
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
  /** Ends `ctx.signal`. */
  abort(): void
}

const accept: HandOverAnswer = async () => ({ outcome: 'accepted' })
const quiet = (): void => {}

/** A context without a host behind it. `state` is a Map, the clock is the system's. */
export function createRecorder(): Recorder {
  const state = new Map<string, string>()
  const controller = new AbortController()
  const recorder: Recorder = {
    events: [],
    settled: 0,
    answer: accept,
    updates: [],
    healthChanges: 0,
    abort: () => controller.abort(),
    ctx: {
      handOver: async (event) => {
        recorder.events.push(event)
        try {
          return await recorder.answer(event)
        } finally {
          recorder.settled += 1
        }
      },
      state: {
        get: async (key) => state.get(key),
        set: async (key, value) => void state.set(key, value),
        delete: async (key) => void state.delete(key),
      },
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      clock: { now: () => new Date().toISOString() },
      fetch: globalThis.fetch,
      signal: controller.signal,
      deliveryUpdate: async (key, update) => void recorder.updates.push({ key, update }),
      healthChanged: () => void (recorder.healthChanges += 1),
    },
  }
  return recorder
}
