import type { AdapterContext, ChannelAdapter } from '@nanoclaw/adapters'
import type { Logger } from '@nanoclaw/core'
import { errorMessage, NanoclawError } from '@nanoclaw/schema'
import { withinDeadline } from '../deadline.ts'

/** What the host gives an adapter, but for what is the same for all. */
export type AdapterContextFor = (adapter: ChannelAdapter) => AdapterContext

/** The running adapters, by what a place says of its channel. */
export interface Channels {
  find(channelType: string, channelInstance: string): ChannelAdapter | undefined
  list(): readonly ChannelAdapter[]
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
  /** A start that takes longer, in milliseconds, is mentioned. Default 5,000. */
  readonly lateMs?: number
}

const defaultLateMs = 5_000

function channelKey(channelType: string, channelInstance: string): string {
  return JSON.stringify([channelType, channelInstance])
}

function nameOf({ channelType, instance }: ChannelAdapter): string {
  return instance === '' ? channelType : `${channelType}/${instance}`
}

/** By what a place says of its channel. */
type ByChannel = Map<string, ChannelAdapter>

function put(byKey: ByChannel, adapter: ChannelAdapter): void {
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
      `expected the channel ${nameOf(adapter)} to take texts of at least 1 character, not ${textLength}`,
    )
  }
  byKey.set(key, adapter)
}

/**
 * Holds the adapters. `start` rejects with the first adapter's error that waiting cannot mend. One
 * that is still starting when all are stopped is stopped again when it has started.
 * @throws NanoclawError `bad-option` for two of one channel type and instance, and for one whose
 *   messages can hold no text.
 */
export function createChannels(adapters: readonly ChannelAdapter[], deps: ChannelsDeps): Channels {
  const { logger, lateMs = defaultLateMs } = deps
  const byKey: ByChannel = new Map()
  for (const adapter of adapters) put(byKey, adapter)
  const begun = new Set<ChannelAdapter>()
  let isStopped = false
  let contextForAll: AdapterContextFor | undefined

  const startOne = async (adapter: ChannelAdapter, ctx: AdapterContext): Promise<void> => {
    const channel = nameOf(adapter)
    begun.add(adapter)
    const late = setTimeout(() => {
      logger.warn({ channel }, `a channel has not started after ${lateMs} ms; the others work`)
    }, lateMs)
    const noMention = () => clearTimeout(late)
    ctx.signal.addEventListener('abort', noMention, { once: true })
    try {
      await adapter.start(ctx)
    } finally {
      noMention()
      ctx.signal.removeEventListener('abort', noMention)
    }
    if (isStopped) await adapter.stop()
    else ctx.healthChanged()
  }
  const stopOne = async (adapter: ChannelAdapter, timeoutMs: number): Promise<void> => {
    try {
      await withinDeadline(() => adapter.stop(), { timeoutMs })
    } catch (error) {
      const why = errorMessage(error)
      logger.error({ channel: nameOf(adapter), err: error }, `a channel does not stop: ${why}`)
    }
  }
  return {
    find: (channelType, channelInstance) => byKey.get(channelKey(channelType, channelInstance)),
    list: () => [...byKey.values()],
    add: async (adapter) => {
      put(byKey, adapter)
      if (contextForAll === undefined || isStopped) return
      try {
        await startOne(adapter, contextForAll(adapter))
      } catch (error) {
        byKey.delete(channelKey(adapter.channelType, adapter.instance))
        throw error
      }
    },
    start: async (contextFor) => {
      contextForAll = contextFor
      const each = [...byKey.values()].map((adapter) => startOne(adapter, contextFor(adapter)))
      await Promise.all(each)
    },
    stop: async (timeoutMs) => {
      isStopped = true
      await Promise.all([...begun].map((adapter) => stopOne(adapter, timeoutMs)))
    },
  }
}
