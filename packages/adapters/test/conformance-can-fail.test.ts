import { AssertionError } from 'node:assert'
import { describe, expect, it } from 'vitest'
import {
  isRetryableDeliveryError,
  isTerminalDeliveryError,
  RetryableDeliveryError,
  type AdapterContext,
  type ChannelAdapter,
  type InboundEvent,
} from '../src/index.ts'
import {
  createMemoryAdapter,
  type MemoryAdapter,
  type MemoryAdapterOptions,
} from '../src/memory.ts'
import { channelConformance } from '../src/testing.ts'
import { altered, memoryHarness } from './support/memory-harness.ts'

const PATIENCE_MS = 250

/** Names of the tests that this adapter fails, each by an assertion. */
async function failures(
  wrap: (memory: MemoryAdapter) => ChannelAdapter,
  options: MemoryAdapterOptions = {},
): Promise<string[]> {
  const make = () => memoryHarness({ echo: true, ...options }, wrap)
  const failed: string[] = []
  for (const { name, run } of channelConformance(make, { patienceMs: PATIENCE_MS })) {
    const error: unknown = await run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error === undefined) continue
    expect(error, `${name} threw something that explains nothing`).toBeInstanceOf(AssertionError)
    failed.push(name)
  }
  return failed
}

function withContext(
  memory: MemoryAdapter,
  change: (ctx: AdapterContext) => Partial<AdapterContext>,
): ChannelAdapter {
  return altered(memory, { start: (ctx) => memory.start({ ...ctx, ...change(ctx) }) })
}

describe('a broken adapter fails the tests of the promises it breaks, and no others', () => {
  it('confirms before the host has answered', async () => {
    const eager = (memory: MemoryAdapter) =>
      withContext(memory, (ctx) => ({
        handOver: async (event: InboundEvent) => {
          ctx.handOver(event).catch(() => undefined)
          return { outcome: 'accepted' }
        },
      }))
    expect(await failures(eager)).toEqual([
      'stop: resolves only after the hand-over in flight has ended',
      '[L3] a message is confirmed only after handOver has resolved',
      '[L3] a message whose handOver threw is not confirmed',
      '[L4] a message that the platform sends again is the same event again',
      'messages of a chat are handed over in order, each after the one before was taken',
      '[L4] one message that cannot be handed over does not cost the next ones',
    ])
  })

  it('calls a lost answer "nothing was sent"', async () => {
    const hasty = (memory: MemoryAdapter) =>
      altered(memory, {
        deliver: (origin, part, options) =>
          memory.deliver(origin, part, options).catch((cause: unknown) => {
            if (isRetryableDeliveryError(cause) || isTerminalDeliveryError(cause)) throw cause
            throw new RetryableDeliveryError('failed', { cause })
          }),
      })
    expect(await failures(hasty)).toEqual([
      '[L15] deliver: an answer that was lost is an unknown outcome',
      '[L5] deliver: the same key again inside a claimed idempotency window shows it once',
      '[L15] deliver: without an answer it settles soon after its signal aborts, as unknown',
    ])
  })

  it('claims an idempotency window that it does not keep', async () => {
    const { capabilities } = createMemoryAdapter()
    const boastful = (memory: MemoryAdapter) => altered(memory, { capabilities })
    const without = { capabilities: { idempotency: 'none' } } as const
    expect(await failures(boastful, without)).toEqual([
      '[L5] deliver: the same key again inside a claimed idempotency window shows it once',
    ])
  })

  it('gives a message a new id whenever it comes', async () => {
    const forgetful = (memory: MemoryAdapter) =>
      withContext(memory, (ctx) => ({
        handOver: (event: InboundEvent) =>
          ctx.handOver({ ...event, platformMessageId: crypto.randomUUID() }),
      }))
    expect(await failures(forgetful)).toEqual([
      '[L4] a message that the platform sends again is the same event again',
    ])
  })

  it('hands the bot its own messages', async () => {
    const talkative = (memory: MemoryAdapter) =>
      altered(memory, {
        deliver: async (origin, part, options) => {
          const result = await memory.deliver(origin, part, options)
          if (part.type === 'text') void memory.receive({ text: part.text })
          return result
        },
      })
    expect(await failures(talkative)).toContain(
      'own messages are never handed over as somebody else’s',
    )
  })

  it('drops what it cannot show, and splits what is long', async () => {
    const sloppy = (memory: MemoryAdapter) =>
      altered(memory, {
        deliver: async (origin, part, options) => {
          if (part.type !== 'text') return { status: 'sent' }
          if (part.text.length < 1_000) return await memory.deliver(origin, part, options)
          const half = { ...part, text: part.text.slice(0, 900) }
          await memory.deliver(origin, half, { ...options, key: `${options.key}-1` })
          return await memory.deliver(origin, half, options)
        },
      })
    expect(await failures(sloppy, { capabilities: { cards: false } })).toEqual([
      'deliver: the longest text it claims to take is one message',
      '[X7] deliver: hostile texts are shown as content, one message each',
      'deliver: what capabilities do not claim is refused for good, never dropped in silence',
    ])
  })

  it('pretends that all is well when it is stopped or cut off', async () => {
    const cheerful = (memory: MemoryAdapter) =>
      altered(memory, {
        health: () => ({ state: 'connected', since: new Date().toISOString() }),
        deliver: (origin, part, options) =>
          memory.health().state === 'down'
            ? Promise.resolve({ status: 'sent' })
            : memory.deliver(origin, part, options),
      })
    expect(await failures(cheerful)).toEqual([
      'deliver: before start and after stop it says that nothing was sent, and sends nothing',
      '[S9] health: connected when started, and says why when it is not',
      '[S9] health: an outage shows, with its reason, and so does its end; both are announced',
    ])
  })
})
