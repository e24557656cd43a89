import type { AdapterContext, ChannelAdapter } from '@nanoclaw/adapters'
import { NanoclawError } from '@nanoclaw/schema'

/** What the host gives an adapter, but for what is the same for all. */
export type AdapterContextFor = (adapter: ChannelAdapter) => AdapterContext

/** The running adapters, by what a place says of its channel. */
export interface Channels {
  find(channelType: string, channelInstance: string): ChannelAdapter | undefined
  list(): readonly ChannelAdapter[]
  /** When it rejects, `stop` has to be called. */
  start(contextFor: AdapterContextFor): Promise<void>
  stop(): Promise<void>
}

function channelKey(channelType: string, channelInstance: string): string {
  return JSON.stringify([channelType, channelInstance])
}

/**
 * Holds the adapters. `start` rejects with the first adapter's error that waiting cannot mend. One
 * that is still starting when all are stopped is stopped again when it has started.
 * @throws NanoclawError `bad-option` for two of one channel type and instance.
 */
export function createChannels(adapters: readonly ChannelAdapter[]): Channels {
  const byKey = new Map<string, ChannelAdapter>()
  for (const adapter of adapters) {
    const key = channelKey(adapter.channelType, adapter.instance)
    if (byKey.has(key)) {
      throw new NanoclawError(
        'bad-option',
        `expected one adapter per channel and instance, got two for ${key}; give one of them another instance`,
      )
    }
    byKey.set(key, adapter)
  }
  let isStopped = false
  const startOne = async (adapter: ChannelAdapter, ctx: AdapterContext): Promise<void> => {
    await adapter.start(ctx)
    if (isStopped) await adapter.stop()
  }
  return {
    find: (channelType, channelInstance) => byKey.get(channelKey(channelType, channelInstance)),
    list: () => adapters,
    start: async (contextFor) => {
      await Promise.all(adapters.map((adapter) => startOne(adapter, contextFor(adapter))))
    },
    stop: async () => {
      isStopped = true
      await Promise.allSettled(adapters.map((adapter) => adapter.stop()))
    },
  }
}
