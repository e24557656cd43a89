import { describe, expect, it } from 'vitest'
import { TerminalDeliveryError, UnknownOutcomeError, type InboundEvent } from '../src/index.ts'
import { createMemoryAdapter, type MemoryAdapterOptions } from '../src/memory.ts'
import { createRecorder } from '../src/testing/recorder.ts'

const origin = { chatId: 'chat', threadId: null }
const text = { type: 'text', text: 'hello' } as const

function options(key: string) {
  return { key, signal: new AbortController().signal, author: { id: 'a', name: 'ada' } }
}

async function started(given: MemoryAdapterOptions = {}) {
  const adapter = createMemoryAdapter(given)
  const host = createRecorder()
  await adapter.start(host.ctx)
  return { adapter, host }
}

describe('createMemoryAdapter', () => {
  it('answers receive() with what the host said, and fills in what was left out', async () => {
    const { adapter, host } = await started({ instance: 'two', newId: () => 'id-1' })
    host.answer = async () => ({ outcome: 'rejected', reason: 'no' })
    expect(await adapter.receive({ text: 'hi' })).toEqual({ outcome: 'rejected', reason: 'no' })
    expect(host.events[0]).toMatchObject({
      type: 'message',
      instance: 'two',
      chatId: 'chat',
      chatKind: 'direct',
      platformMessageId: 'id-1',
      text: 'hi',
      attachments: [],
    })
  })

  it('makes every kind of event whole', async () => {
    const { adapter, host } = await started()
    const types = ['message', 'edit', 'delete', 'reaction', 'button', 'membership'] as const
    for (const type of types) await adapter.receive({ type })
    expect(host.events.map((event) => event.type)).toEqual(types)
    for (const event of host.events) expect(event.platformMessageId).not.toBe('')
  })

  it('keeps what handOver rejected, in order, and hands it over at the next start', async () => {
    const { adapter, host } = await started()
    host.answer = () => Promise.reject(new Error('busy'))
    await expect(adapter.receive({ platformMessageId: '1' })).rejects.toThrow('busy')
    await expect(adapter.receive({ platformMessageId: '2' })).rejects.toThrow('busy')
    expect(adapter.unconfirmed).toEqual(['1', '2'])
    await adapter.stop()
    const next = createRecorder()
    await adapter.start(next.ctx)
    await adapter.redeliver()
    expect(next.events.map((event: InboundEvent) => event.platformMessageId)).toEqual(['1', '2'])
    expect(adapter.unconfirmed).toEqual([])
  })

  it('shows one key once within its window, and again when the window has passed', async () => {
    const clock = { ms: Date.UTC(2026, 0, 1), now: () => new Date(clock.ms).toISOString() }
    const { adapter } = await started({ clock, capabilities: { idempotency: { windowMs: 1_000 } } })
    const first = await adapter.deliver(origin, text, options('k'))
    clock.ms += 1_000
    expect(await adapter.deliver(origin, text, options('k'))).toEqual(first)
    clock.ms += 1
    expect(await adapter.deliver(origin, text, options('k'))).not.toEqual(first)
    expect(adapter.delivered).toHaveLength(2)
  })

  it('plays faults one a delivery, in the order given', async () => {
    const { adapter } = await started({ reconcile: true })
    adapter.failNext(new TerminalDeliveryError('gone'))
    adapter.failNext('take-then-throw')
    adapter.failNext('take-then-timeout')
    await expect(adapter.deliver(origin, text, options('1'))).rejects.toThrow('gone')
    await expect(adapter.deliver(origin, text, options('2'))).rejects.toThrow(UnknownOutcomeError)
    const aborted = new AbortController()
    const hung = adapter.deliver(origin, text, { ...options('3'), signal: aborted.signal })
    await adapter.waitForDelivery((delivery) => delivery.key === '3')
    aborted.abort()
    await expect(hung).rejects.toThrow(UnknownOutcomeError)
    expect(adapter.delivered.map(({ key }) => key)).toEqual(['2', '3'])
    expect(await adapter.reconcile?.('1')).toEqual({ outcome: 'not-sent' })
    expect(await adapter.reconcile?.('2')).toMatchObject({ outcome: 'sent' })
  })

  it('stops when the signal of a delivery that hangs is aborted, whose outcome is then unknown', async () => {
    const { adapter } = await started()
    adapter.failNext('timeout')
    const controller = new AbortController()
    const { signal } = controller
    const hung = expect(adapter.deliver(origin, text, { ...options('1'), signal })).rejects.toThrow(
      UnknownOutcomeError,
    )
    const stop = adapter.stop()
    controller.abort()
    await hung
    await stop
  })

  it('keeps what a crashed adapter had not confirmed, and what it showed, for the next', async () => {
    const { adapter, host } = await started({ queued: true })
    await adapter.deliver(origin, text, options('k'))
    const handedOver = new Promise<void>((resolve) => {
      host.answer = () => {
        resolve()
        return new Promise(() => undefined)
      }
    })
    const lost = expect(adapter.receive({ platformMessageId: '1' })).rejects.toThrow('died')
    await handedOver
    const next = adapter.crash()
    await lost
    await expect(adapter.deliver(origin, text, options('2'))).rejects.toThrow('not started')
    const after = createRecorder()
    await next.start(after.ctx)
    await next.redeliver()
    await next.settle('k', { status: 'delivered' })
    expect(after.events.map((event) => event.platformMessageId)).toEqual(['1'])
    expect(after.updates).toHaveLength(1)
    expect([next.unconfirmed, next.delivered]).toEqual([[], adapter.delivered])
  })

  it('stops at the end of a block that uses it', async () => {
    const host = createRecorder()
    const adapter = createMemoryAdapter()
    {
      await using used = adapter
      await used.start(host.ctx)
      expect(used.health().state).toBe('connected')
    }
    expect(adapter.health().state).toBe('down')
  })

  it('reads a file to its end, and refuses one that is longer than it may be', async () => {
    const { adapter } = await started({ capabilities: { files: { maxBytes: 4 } } })
    async function* bytes(...chunks: number[][]): AsyncIterable<Uint8Array> {
      for (const chunk of chunks) yield Uint8Array.from(chunk)
    }
    const file = { type: 'file', name: 'a', mime: 'text/plain' } as const
    await adapter.deliver(origin, { ...file, open: () => bytes([1, 2], [3]) }, options('1'))
    expect(adapter.delivered[0]?.content).toEqual(Uint8Array.from([1, 2, 3]))
    const long = { ...file, open: () => bytes([1, 2, 3], [4, 5]) }
    await expect(adapter.deliver(origin, long, options('2'))).rejects.toThrow(TerminalDeliveryError)
  })

  it('tells what became of a queued delivery', async () => {
    const { adapter, host } = await started({ queued: true })
    expect(await adapter.deliver(origin, text, options('k'))).toEqual({ status: 'queued' })
    await adapter.settle('k', { status: 'failed', reason: 'blocked' })
    expect(host.updates).toEqual([{ key: 'k', update: { status: 'failed', reason: 'blocked' } }])
  })

  it('waits for the nth delivery, for one that fits, or until told to stop', async () => {
    const { adapter } = await started()
    const second = adapter.waitForDelivery(2)
    const bye = adapter.waitForDelivery(({ text }) => text === 'bye')
    await adapter.deliver(origin, text, options('1'))
    await adapter.deliver(origin, { type: 'text', text: 'bye' }, options('2'))
    expect((await second).key).toBe('2')
    expect((await bye).key).toBe('2')
    const never = AbortSignal.abort(new Error('enough'))
    await expect(adapter.waitForDelivery(3, never)).rejects.toThrow('enough')
  })

  it('looks chats up by name, and gives their history', async () => {
    const { adapter } = await started({ names: { family: 'chat-7' } })
    expect(await adapter.resolve?.('family')).toBe('chat-7')
    expect(await adapter.resolve?.('toString')).toBeUndefined()
    await adapter.receive({ chatId: 'chat-7', text: 'old', sentAt: '2026-01-01T00:00:00.000Z' })
    await adapter.receive({ chatId: 'chat-7', text: 'new', sentAt: '2026-01-02T00:00:00.000Z' })
    const texts: string[] = []
    for await (const event of adapter.history?.('chat-7', '2026-01-01T00:00:00.000Z') ?? []) {
      if (event.type === 'message') texts.push(event.text)
    }
    expect(texts).toEqual(['new'])
  })
})
