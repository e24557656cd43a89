import type {
  AdapterContext,
  ChannelAdapter,
  DeliverOptions,
  DeliveryResult,
  HandOverResult,
  InboundEvent,
  Origin,
  OutboundPart,
} from '../../src/index.ts'
import type { MemoryAdapter, MemoryAdapterOptions } from '../../src/memory.ts'
import { altered, type Wrap } from './memory-harness.ts'

/** An adapter with one promise broken, and what the test that is meant for it says of it. */
export interface Broken {
  readonly test: string
  readonly says: RegExp
  readonly wrap: Wrap
  readonly options?: MemoryAdapterOptions
}

type HandOver = (event: InboundEvent) => Promise<HandOverResult>
type Deliver = ChannelAdapter['deliver']

/** The adapter with another context than the host gave it. */
export function withContext(
  memory: MemoryAdapter,
  change: (ctx: AdapterContext) => Partial<AdapterContext>,
): ChannelAdapter {
  return altered(memory, { start: (ctx) => memory.start({ ...ctx, ...change(ctx) }) })
}

/** Breaks how events are handed over. */
export function handsOver(
  change: (event: InboundEvent, handOver: HandOver) => Promise<HandOverResult>,
): Wrap {
  return (memory) =>
    withContext(memory, (ctx) => ({
      handOver: (event) => change(event, (changed) => ctx.handOver(changed)),
    }))
}

/** Breaks what is handed over. */
export function changes(change: (event: InboundEvent) => InboundEvent): Wrap {
  return handsOver((event, handOver) => handOver(change(event)))
}

/** Breaks how parts are delivered. */
export function delivers(
  change: (
    send: Deliver,
    origin: Origin,
    part: OutboundPart,
    options: DeliverOptions,
  ) => Promise<DeliveryResult>,
): Wrap {
  return (memory) =>
    altered(memory, {
      deliver: (origin, part, options) =>
        change((...args) => memory.deliver(...args), origin, part, options),
    })
}

/** Breaks what is thrown. */
export function throwsInstead(change: (error: unknown) => unknown): Wrap {
  return delivers((send, ...given) =>
    send(...given).catch((error: unknown) => Promise.reject(change(error))),
  )
}
