import { describe, expect, it } from 'vitest'
import { createMemoryAdapter } from '../../src/memory.ts'
import { createTestContext } from '../../src/testing.ts'
import { createRecorder } from '../../src/testing/recorder.ts'

async function anEvent() {
  const host = createRecorder()
  const memory = createMemoryAdapter()
  await memory.start(host.ctx)
  await memory.receive({ text: 'hi' })
  await memory.stop()
  const [event] = host.events
  if (event === undefined) throw new Error('no event')
  return event
}

describe('the host of a conformance test', () => {
  it('hears nothing from a process that has died, and keeps its state for the next', async () => {
    const host = createRecorder()
    const dead = host.ctx
    await dead.state.set('offset', '7')
    host.crash()
    const late = dead.handOver(await anEvent())
    dead.healthChanged()
    expect([host.events.length, host.healthChanges]).toEqual([0, 0])
    expect(await host.ctx.state.get('offset')).toBe('7')
    host.end()
    await expect(late).rejects.toThrow('The test is over.')
  })

  it('lets no answer reach a process that died while it waited', async () => {
    const host = createRecorder()
    const answered = host.ctx.handOver(await anEvent())
    host.crash()
    host.end()
    await expect(answered).rejects.toThrow('The test is over.')
    expect(host.events).toHaveLength(1)
  })

  it('cuts the requests of a process that dies, and counts those of all', async () => {
    const signals: AbortSignal[] = []
    const host = createRecorder({
      fetch: async (_input, init) => {
        if (init?.signal) signals.push(init.signal)
        return new Response()
      },
    })
    await host.ctx.fetch('http://127.0.0.1/', { signal: new AbortController().signal })
    host.crash()
    await host.ctx.fetch('http://127.0.0.1/')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(host.requests).toBe(2)
  })

  it('lets go of a hand-over that is never answered when the test is over', async () => {
    const host = createRecorder()
    host.answer = () => new Promise(() => undefined)
    const living = host.ctx.handOver(await anEvent())
    host.end()
    await expect(living).rejects.toThrow('The test is over.')
  })

  it('holds back the answers to requests under way, until they are aborted', async () => {
    const answers: (() => void)[] = []
    const host = createRecorder({
      fetch: () => new Promise((resolve) => answers.push(() => resolve(new Response()))),
    })
    const own = new AbortController()
    const waiting = host.ctx.fetch('http://127.0.0.1/', { signal: own.signal })
    host.holdRequests()
    const next = host.ctx.fetch('http://127.0.0.1/')
    for (const answer of answers) answer()
    expect((await next).ok).toBe(true)
    own.abort(new Error('the adapter stops'))
    await expect(waiting).rejects.toThrow('the adapter stops')
  })

  it('gives an adapter that tries again at once no chance to starve the rest', async () => {
    const host = createRecorder()
    host.answer = () => Promise.reject(new Error('busy'))
    const event = await anEvent()
    let isOver = false
    const storm = (async () => {
      while (!isOver) await host.ctx.handOver(event).catch(() => undefined)
    })()
    await new Promise((resolve) => setTimeout(resolve, 5))
    isOver = true
    await storm
    expect(host.events.length).toBeGreaterThan(1)
  })
})

describe('a test context', () => {
  it('shows what an adapter did, and keeps its state for the next', async () => {
    const host = createTestContext({ state: [['offset', '7']] })
    const memory = createMemoryAdapter()
    await memory.start(host.ctx)
    const waiting = host.waitForEvent(2)
    const found = host.waitForEvent((event) => event.type === 'delete')
    await memory.receive({ text: 'one' })
    await memory.receive({ type: 'delete' })
    expect([await waiting, await found]).toEqual([host.events[1], host.events[1]])
    memory.setHealth('down')
    host.ctx.logger.warn({ chat: 'c' }, 'gone')
    await host.ctx.deliveryUpdate('k', { status: 'delivered' })
    await host.ctx.state.set('seq', '8')
    expect(host.healthChanges).toBe(1)
    expect(host.log).toEqual([{ level: 'warn', details: { chat: 'c' }, message: 'gone' }])
    expect(host.updates).toEqual([{ key: 'k', update: { status: 'delivered' } }])
    const next = createTestContext({ state: host.state })
    expect([...next.state]).toEqual([
      ['offset', '7'],
      ['seq', '8'],
    ])
    await memory.stop()
  })

  it('waits for an event no longer than the signal says', async () => {
    const signal = AbortSignal.abort(new Error('too long'))
    await expect(createTestContext().waitForEvent(1, signal)).rejects.toThrow('too long')
  })
})
