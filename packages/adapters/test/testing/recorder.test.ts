import { describe, expect, it } from 'vitest'
import { createMemoryAdapter } from '../../src/memory.ts'
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
    host.die()
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
    host.die()
    host.end()
    await expect(answered).rejects.toThrow('The test is over.')
    expect(host.events).toHaveLength(1)
  })

  it('cuts the requests of a process that dies, and counts those of all', async () => {
    const signals: AbortSignal[] = []
    const host = createRecorder(async (_input, init) => {
      if (init?.signal) signals.push(init.signal)
      return new Response()
    })
    await host.ctx.fetch('http://127.0.0.1/', { signal: new AbortController().signal })
    host.die()
    await host.ctx.fetch('http://127.0.0.1/')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(host.fetches).toBe(2)
  })
})
