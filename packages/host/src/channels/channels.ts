import type { AdapterContext, ChannelAdapter, ChannelHealth } from '@nanoclaw/adapters'
import type { Logger } from '@nanoclaw/core'
import { NanoclawError, systemClock, type Clock } from '@nanoclaw/schema'
import { channelName } from './channel-name.ts'
import { Channel, type FailedSends } from './channel.ts'
import { healthOf } from './health-of.ts'

/** What the host gives an adapter, but for what is the same for all. */
export type AdapterContextFor = (adapter: ChannelAdapter) => AdapterContext

/** The running adapters, by what a place says of its channel. */
export interface Channels {
  find(channelType: string, channelInstance: string): ChannelAdapter | undefined
  list(): readonly ChannelAdapter[]
  /** How one of them stands: as it says, or `down` while it is being started again. */
  health(adapter: ChannelAdapter): ChannelHealth
  /**
   * To be called after every send: without `failure` when the platform has answered, were it to
   * refuse, else with what went wrong.
   */
  noteSend(adapter: ChannelAdapter, failure?: string): void
  /** Sends since the last that the platform has answered. */
  failedSends(adapter: ChannelAdapter): FailedSends
  /** Whether its first start has come to a good end. */
  hasStarted(adapter: ChannelAdapter): boolean
  /**
   * Stops one that has started and starts it again, each for at most `timeoutMs` milliseconds; what
   * waits for it goes on. Rejects with the error of the start, or when that is late: it is down then,
   * until a start has come to a good end.
   */
  restart(adapter: ChannelAdapter, timeoutMs: number): Promise<void>
  /**
   * One more, started like the others when these are. Rejects with its error; afterwards it is not
   * there. After `stop` it is not started.
   * @throws NanoclawError `bad-option` for a channel type and instance that is there already, and for
   *   one whose messages can hold no text.
   */
  add(adapter: ChannelAdapter): Promise<void>
  /** When it rejects, `stop` has to be called. */
  start(contextFor: AdapterContextFor): Promise<void>
  /**
   * Stops those whose start was begun, all at once, each for at most `timeoutMs` milliseconds. Never
   * rejects: who was late, or failed, is told to the logger.
   */
  stop(timeoutMs: number): Promise<void>
}

/** What channels tell, and when. */
export interface ChannelsDeps {
  readonly logger: Logger
  /** Default: the machine's. */
  readonly clock?: Clock
  /** A start that takes longer, in milliseconds, is mentioned. Default 5,000. */
  readonly lateMs?: number
}

const defaultLateMs = 5_000

function channelKey(channelType: string, channelInstance: string): string {
  return JSON.stringify([channelType, channelInstance])
}

/** By what a place says of its channel. */
type ByChannel = Map<string, Channel>

function checked(adapter: ChannelAdapter, byKey: ByChannel): string {
  const key = channelKey(adapter.channelType, adapter.instance)
  if (byKey.has(key)) {
    throw new NanoclawError(
      'bad-option',
      `expected one adapter per channel and instance, got two for ${key}; give one of them another instance`,
    )
  }
  const { textLength } = adapter.capabilities
  if (!(textLength >= 1)) {
    throw new NanoclawError(
      'bad-option',
      `expected the channel ${channelName(adapter)} to take texts of at least 1 character, not ${textLength}`,
    )
  }
  return key
}

/**
 * Holds the adapters. `start` rejects with the first adapter's error that waiting cannot mend. One
 * that is still starting when all are stopped is stopped again when it has started.
 * @throws NanoclawError `bad-option` for two of one channel type and instance, and for one whose
 *   messages can hold no text.
 */
export function createChannels(adapters: readonly ChannelAdapter[], deps: ChannelsDeps): Channels {
  const { logger, clock = systemClock, lateMs = defaultLateMs } = deps
  const byKey: ByChannel = new Map()
  const put = (adapter: ChannelAdapter): Channel => {
    const channel = new Channel(adapter, { logger, clock, lateMs })
    byKey.set(checked(adapter, byKey), channel)
    return channel
  }
  for (const adapter of adapters) put(adapter)
  let isStopped = false
  let contextForAll: AdapterContextFor | undefined

  /** Undefined for one that has been taken away. */
  const channelOf = (adapter: ChannelAdapter): Channel | undefined => {
    const found = byKey.get(channelKey(adapter.channelType, adapter.instance))
    return found?.adapter === adapter ? found : undefined
  }
  return {
    find: (channelType, channelInstance) =>
      byKey.get(channelKey(channelType, channelInstance))?.adapter,
    list: () => [...byKey.values()].map(({ adapter }) => adapter),
    health: (adapter) => channelOf(adapter)?.health() ?? healthOf(adapter, clock),
    noteSend: (adapter, failure) => channelOf(adapter)?.noteSend(failure),
    failedSends: (adapter) => channelOf(adapter)?.failedSends ?? { count: 0, reason: '' },
    hasStarted: (adapter) => channelOf(adapter)?.hasStarted === true,
    restart: async (adapter, timeoutMs) => {
      if (contextForAll === undefined || isStopped) return
      await channelOf(adapter)?.restart(contextForAll(adapter), timeoutMs)
    },
    add: async (adapter) => {
      const channel = put(adapter)
      if (contextForAll === undefined || isStopped) return
      try {
        await channel.start(contextForAll(adapter))
      } catch (error) {
        byKey.delete(channelKey(adapter.channelType, adapter.instance))
        throw error
      }
    },
    start: async (contextFor) => {
      contextForAll = contextFor
      const each = [...byKey.values()].map((channel) => channel.start(contextFor(channel.adapter)))
      await Promise.all(each)
    },
    stop: async (timeoutMs) => {
      isStopped = true
      await Promise.all([...byKey.values()].map((channel) => channel.end(timeoutMs)))
    },
  }
}
