import type {
  AdapterContext,
  ChannelAdapter,
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
    deliveryUpdate: (key, update) => {
      // A delivery that was `queued` stands as delivered in the ledger; what comes later is kept
      // in the log until the ledger knows late rejections.
      const channel = adapter.channelType
      if (update.status === 'failed') {
        logger.warn(
          { key, channel, reason: update.reason },
          'a platform took a message, then failed',
        )
      }
      return Promise.resolve()
    },
    healthChanged: () => deps.healthChanged(),
  }
}
