import type {
  AdapterContext,
  ChannelAdapter,
  DeliveryUpdate,
  HandOverResult,
  InboundEvent,
} from '@nanoclaw/adapters'
import type { Core, Logger } from '@nanoclaw/core'
import { timestamp } from '@nanoclaw/schema'

/** What an adapter's context is made of. */
export interface AdapterContextDeps {
  readonly core: Core
  readonly adapter: ChannelAdapter
  readonly logger: Logger
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
  handOver(event: InboundEvent): Promise<HandOverResult>
  deliveryUpdate(key: string, update: DeliveryUpdate): Promise<void>
  healthChanged(): void
}

/** What the host gives to one adapter. */
export function createAdapterContext(deps: AdapterContextDeps): AdapterContext {
  const { core, adapter, logger, fetch, signal } = deps
  return {
    handOver: (event) => deps.handOver(event),
    state: core.channelState(adapter.channelType, adapter.instance),
    logger,
    clock: { now: () => timestamp(core.clock) },
    fetch,
    signal,
    deliveryUpdate: (key, update) => deps.deliveryUpdate(key, update),
    healthChanged: () => deps.healthChanged(),
  }
}
