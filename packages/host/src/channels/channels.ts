import type { AdapterContext, ChannelAdapter } from '@nanoclaw/adapters'

/** What the host gives an adapter, but for what is the same for all. */
export type AdapterContextFor = (adapter: ChannelAdapter) => AdapterContext

/** The running adapters, by what a place says of its channel. */
export interface Channels {
  find(channelType: string, channelInstance: string): ChannelAdapter | undefined
  list(): readonly ChannelAdapter[]
  start(contextFor: AdapterContextFor): Promise<void>
  stop(): Promise<void>
}

function channelKey(channelType: string, channelInstance: string): string {
  return JSON.stringify([channelType, channelInstance])
}

/**
 * Holds the adapters. `start` rejects with the first adapter's error that waiting cannot mend,
 * after stopping those that had started.
 */
export function createChannels(adapters: readonly ChannelAdapter[]): Channels {
  const byKey = new Map<string, ChannelAdapter>()
  for (const adapter of adapters) {
    const key = channelKey(adapter.channelType, adapter.instance)
    if (byKey.has(key)) {
      throw new TypeError(
        `expected one adapter per channel and instance, got two for ${key}; give one of them another instance`,
      )
    }
    byKey.set(key, adapter)
  }
  const stop = async (): Promise<void> => {
    await Promise.allSettled(adapters.map((adapter) => adapter.stop()))
  }
  return {
    find: (channelType, channelInstance) => byKey.get(channelKey(channelType, channelInstance)),
    list: () => adapters,
    start: async (contextFor) => {
      try {
        await Promise.all(adapters.map((adapter) => adapter.start(contextFor(adapter))))
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
  }
}
