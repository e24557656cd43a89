import { RetryableDeliveryError } from '../../src/index.ts'
import {
  createMemoryAdapter,
  type MemoryAdapter,
  type MemoryAdapterOptions,
} from '../../src/memory.ts'
import { RATE_LIMIT_MS, type ConformanceHarness, type PlatformFault } from '../../src/testing.ts'
import type { ChannelAdapter } from '../../src/index.ts'

export function memoryHarness(
  options: MemoryAdapterOptions = {},
  wrap: (memory: MemoryAdapter) => ChannelAdapter = (memory) => memory,
): ConformanceHarness {
  const memory = createMemoryAdapter(options)
  const confirmed: string[] = []
  let ids = 0
  const play = (fault: PlatformFault): void => {
    if (fault === 'gone') memory.removeChat('chat')
    if (fault === 'hang') memory.failNext('timeout')
    if (fault === 'lose-answer') memory.failNext('take-then-throw')
    if (fault === 'refuse') memory.failNext(new RetryableDeliveryError('connection refused'))
    if (fault === 'rate-limit') {
      memory.failNext(new RetryableDeliveryError('too fast', { retryAfterMs: RATE_LIMIT_MS }))
    }
  }
  return {
    adapter: wrap(memory),
    origin: { chatId: 'chat', threadId: null },
    platform: {
      echoes: options.echo === true,
      sendMessage: async ({ text, senderName = 'Ann' }) => {
        const platformMessageId = `in-${(ids += 1)}`
        const sender = { id: 'ann', name: senderName, isBot: false, isSelf: false }
        memory.receive({ platformMessageId, text, sender }).then(
          () => void confirmed.push(platformMessageId),
          () => undefined,
        )
        return platformMessageId
      },
      received: () =>
        memory.delivered.map(({ origin, text, platformMessageId }) => ({
          ...origin,
          text,
          platformMessageId,
        })),
      confirmed: () => confirmed,
      redeliver: () => memory.redeliver(),
      fail: play,
      setReachable: (reachable) => memory.setHealth(reachable ? 'connected' : 'down'),
    },
  }
}

/** The adapter with some of its methods replaced. */
export function altered(memory: MemoryAdapter, changes: Partial<ChannelAdapter>): ChannelAdapter {
  return {
    channelType: memory.channelType,
    instance: memory.instance,
    capabilities: memory.capabilities,
    start: (ctx) => memory.start(ctx),
    stop: () => memory.stop(),
    deliver: (origin, part, options) => memory.deliver(origin, part, options),
    health: () => memory.health(),
    ...(memory.typing && { typing: memory.typing }),
    ...(memory.history && { history: memory.history }),
    ...(memory.reconcile && { reconcile: memory.reconcile }),
    ...changes,
  }
}
