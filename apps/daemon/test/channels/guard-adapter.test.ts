import {
  RetryableDeliveryError,
  isRetryableDeliveryError,
  isUnknownOutcomeError,
} from '@nanoclaw/adapters'
import type { AdapterContext, ChannelAdapter, MessageEvent } from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { expect, it, vi } from 'vitest'
import { guardAdapter } from '../../src/channels/guard-adapter.ts'
import { createRedactor } from '../../src/channels/redactor.ts'

const canary = 'canary-7f3a'
const now = '2026-01-01T00:00:00.000Z'

const options = {
  key: 'k',
  signal: new AbortController().signal,
  author: { id: 'a', name: 'ada' },
}
const event: MessageEvent = {
  type: 'message',
  instance: '',
  chatId: 'c',
  threadId: null,
  chatKind: 'direct',
  addressed: 'direct',
  sender: { id: 'ann', name: 'Ann', isBot: false, isSelf: false },
  platformMessageId: 'm',
  sentAt: now,
  text: 'hello',
  attachments: [],
}

function setUp(members: Partial<ChannelAdapter> = {}, before = async (): Promise<void> => {}) {
  let inside: AdapterContext | undefined
  const memory = createMemoryAdapter()
  const inner: ChannelAdapter = {
    channelType: 'toy',
    instance: '',
    capabilities: memory.capabilities,
    start: async (ctx) => void (inside = ctx),
    stop: vi.fn(async () => {}),
    deliver: async () => ({ status: 'sent' }),
    health: () => ({ state: 'connected', since: now }),
    ...members,
  }
  const logged: unknown[] = []
  const log = (details: object, message: string): void => void logged.push(details, message)
  const handOver = vi.fn(async () => ({ outcome: 'accepted' }) as const)
  const ctx: AdapterContext = {
    handOver,
    state: { get: async () => undefined, set: async () => {}, delete: async () => {} },
    logger: { debug: log, info: log, warn: log, error: log },
    clock: { now: () => now },
    fetch: globalThis.fetch,
    signal: new AbortController().signal,
    deliveryUpdate: vi.fn(async () => {}),
    healthChanged: vi.fn(),
  }
  const deps = {
    redactor: createRedactor([canary]),
    chats: { run: vi.fn(async () => {}), before: vi.fn(before) },
    now: () => now,
    started: vi.fn(async () => {}),
    failed: vi.fn(async () => {}),
  }
  const guarded = guardAdapter(inner, deps)
  return { guarded, inner, ctx, deps, logged, handOver, context: () => inside }
}

it('shows a start that fails in its health, tells why, and throws nothing', async () => {
  const { guarded, ctx, deps } = setUp({
    start: async () => Promise.reject(new Error(`no such account: ${canary}`)),
  })
  await guarded.start(ctx)
  await vi.waitFor(() => expect(deps.failed).toHaveBeenCalledWith('no such account: [secret]'))
  expect(guarded.health()).toEqual({ state: 'down', since: now, why: 'no such account: [secret]' })
  expect(ctx.healthChanged).toHaveBeenCalled()
  expect(deps.started).not.toHaveBeenCalled()
})

it('waits for no start that never ends', async () => {
  const { guarded, ctx, inner } = setUp({ start: () => new Promise(() => {}) })
  await guarded.start(ctx)
  await guarded.stop()
  expect(inner.stop).toHaveBeenCalledOnce()
})

it('stops again what has started only after it was stopped', async () => {
  let release = (): void => {}
  const { guarded, ctx, inner, deps } = setUp({
    start: () => new Promise((resolve) => (release = resolve)),
  })
  await guarded.start(ctx)
  await guarded.stop()
  release()
  await vi.waitFor(() => expect(inner.stop).toHaveBeenCalledTimes(2))
  expect(deps.started).not.toHaveBeenCalled()
})

/** Two starts, of which the first ends when a test says so, though the second works. */
async function twoRuns() {
  const runs: { resolve: () => void; reject: (error: Error) => void }[] = []
  const all = setUp({
    start: () => new Promise<void>((resolve, reject) => void runs.push({ resolve, reject })),
  })
  await all.guarded.start(all.ctx)
  await all.guarded.stop()
  await all.guarded.start(all.ctx)
  runs[1]?.resolve()
  await vi.waitFor(() => expect(all.deps.chats.run).toHaveBeenCalledOnce())
  return { ...all, first: runs[0] }
}

it.each([
  ['works late', (first?: { resolve: () => void }) => first?.resolve()],
  [
    'fails late',
    (first?: { reject: (error: Error) => void }) => first?.reject(new Error('old socket closed')),
  ],
])('leaves the run that works alone when an older start %s [S9]', async (_how, end) => {
  const { guarded, inner, deps, ctx, first } = await twoRuns()
  end(first)
  await new Promise(setImmediate)
  expect(inner.stop).toHaveBeenCalledOnce()
  expect(deps.started).toHaveBeenCalledOnce()
  expect(deps.failed).not.toHaveBeenCalled()
  expect(guarded.health().state).toBe('connected')
  await guarded.start(ctx)
  await guarded.stop()
  expect(inner.stop, 'it is still the one that is stopped').toHaveBeenCalledTimes(2)
})

it('says nothing of a start that fails after it was stopped', async () => {
  let fail = (_error: Error): void => {}
  const { guarded, ctx, deps } = setUp({
    start: () => new Promise((_resolve, reject) => (fail = reject)),
  })
  await guarded.start(ctx)
  await guarded.stop()
  fail(new Error('closed'))
  await new Promise(setImmediate)
  expect(deps.failed).not.toHaveBeenCalled()
  expect(guarded.health().state).toBe('connected')
})

it('says that its first start is still going, but not of a later one', async () => {
  let release = (): void => {}
  const { guarded, ctx } = setUp({
    start: () => new Promise((resolve) => (release = resolve)),
    health: () => ({ state: 'down', since: now, why: 'syncing' }),
  })
  await guarded.start(ctx)
  expect(guarded.health()).toMatchObject({ state: 'down', why: 'syncing', starting: true })
  release()
  await vi.waitFor(() => expect(ctx.healthChanged).toHaveBeenCalled())
  expect(guarded.health()).toEqual({ state: 'down', since: now, why: 'syncing' })
  await guarded.stop()
  await guarded.start(ctx)
  expect(guarded.health().starting).toBeUndefined()
})

it('starts once, and again after a stop', async () => {
  const start = vi.fn(async () => {})
  const { guarded, ctx, deps } = setUp({ start })
  await guarded.start(ctx)
  await guarded.start(ctx)
  await vi.waitFor(() => expect(deps.started).toHaveBeenCalledOnce())
  await guarded.stop()
  await guarded.start(ctx)
  await vi.waitFor(() => expect(start).toHaveBeenCalledTimes(2))
})

it('looks its chats up when it has started, and lets each event wait for what concerns its chat', async () => {
  let release = (): void => {}
  const { guarded, ctx, deps, handOver, context } = setUp(
    {},
    () => new Promise((resolve) => (release = resolve)),
  )
  await guarded.start(ctx)
  await vi.waitFor(() => expect(deps.chats.run).toHaveBeenCalledOnce())
  const taken = context()?.handOver(event)
  expect(deps.chats.before).toHaveBeenCalledWith('c')
  expect(handOver).not.toHaveBeenCalled()
  release()
  await expect(taken).resolves.toEqual({ outcome: 'accepted' })
})

it.each([
  ['throws', () => JSON.parse('{')],
  ['gives null', () => null],
  ['knows a state of its own', () => ({ state: 'great', since: now })],
])('says of an adapter whose health %s that its author has to mend it', (_what, health) => {
  const { guarded } = setUp({ health })
  expect(guarded.health()).toEqual({
    state: 'degraded',
    since: now,
    why: expect.stringMatching(/^its health\(\) .*; that is for its author to mend$/),
  })
})

it('leaves away a reason that is no text', () => {
  const why: unknown = new Error('x')
  const health = () => JSON.parse(JSON.stringify({ state: 'down', since: now, why }))
  expect(setUp({ health }).guarded.health()).toEqual({ state: 'down', since: now })
})

it('takes no answer that is none: what was sent is then not known', async () => {
  const { guarded } = setUp({
    deliver: async () => JSON.parse('{"status":"done"}'),
    reconcile: async () => JSON.parse('"sent"'),
  })
  const sent = guarded.deliver(
    { chatId: 'c', threadId: null },
    { type: 'text', text: 'x' },
    options,
  )
  await expect(sent).rejects.toSatisfy(isUnknownOutcomeError)
  await expect(guarded.reconcile?.('k')).resolves.toEqual({ outcome: 'unknown' })
})

it('tells no secret in what became of a delivery, and none that reading a history throws', async () => {
  const { guarded, ctx, context } = setUp({
    async *history() {
      throw new Error(`GET /bot${canary}`)
    },
  })
  await guarded.start(ctx)
  await vi.waitFor(() => expect(context()).toBeDefined())
  await context()?.deliveryUpdate('k', { status: 'failed', reason: `no ${canary}` })
  expect(ctx.deliveryUpdate).toHaveBeenCalledWith('k', { status: 'failed', reason: 'no [secret]' })
  const read = async (): Promise<void> => {
    for await (const found of guarded.history?.('c', now) ?? []) expect(found).toBeUndefined()
  }
  await expect(read()).rejects.toThrow('GET /bot[secret]')
})

it('passes on that a channel is down because nobody is there', () => {
  const idle: unknown = true
  const health = () => JSON.parse(JSON.stringify({ state: 'down', since: now, why: 'no', idle }))
  expect(setUp({ health }).guarded.health()).toMatchObject({ state: 'down', idle: true })
})

it('tells no secret: not in its health, its errors, its log', async () => {
  const error = new RetryableDeliveryError(`refused: ${canary}`, { retryAfterMs: 7 })
  const { guarded, ctx, logged, context } = setUp({
    health: () => ({ state: 'down', since: now, why: `token ${canary} refused` }),
    deliver: async () => Promise.reject(error),
    resolve: async () => Promise.reject(new Error(canary)),
  })
  await guarded.start(ctx)
  expect(guarded.health().why).toBe('token [secret] refused')
  const origin = { chatId: 'c', threadId: null }
  const thrown: unknown = await guarded
    .deliver(origin, { type: 'text', text: 'x' }, options)
    .catch((reason: unknown) => reason)
  expect(String(thrown)).toBe('RetryableDeliveryError: refused: [secret]')
  expect(isRetryableDeliveryError(thrown) && thrown.retryAfterMs).toBe(7)
  await expect(guarded.resolve?.('x')).rejects.toThrow('[secret]')
  await vi.waitFor(() => expect(context()).toBeDefined())
  context()?.logger.warn({ canary }, `m ${canary}`)
  expect(logged).toEqual([{ canary: '[secret]' }, 'm [secret]'])
})

it('has the optional functions that the adapter has, and no others', () => {
  expect(setUp().guarded.typing).toBeUndefined()
  const { guarded } = setUp({ resolve: async (name) => `id of ${name}` })
  expect(guarded.reconcile).toBeUndefined()
  return expect(guarded.resolve?.('x')).resolves.toBe('id of x')
})
