import type { AdapterContext, ChannelAdapter } from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createChannels } from '../../src/channels/channels.ts'
import { healthOf } from '../../src/channels/health-of.ts'
import { keepingLogger } from '../keeping-logger.ts'

type Change = Partial<Pick<ChannelAdapter, 'start' | 'stop' | 'health'>>

/** An adapter that notes its calls and does nothing, but for what `change` does. */
function adapter(instance: string, change: Change = {}) {
  const calls: string[] = []
  const nothing = () => Promise.resolve()
  const { start = nothing, stop = nothing } = change
  const memory: ChannelAdapter = Object.assign(createMemoryAdapter({ instance }), change, {
    start: (ctx: AdapterContext) => {
      calls.push('start')
      return start(ctx)
    },
    stop: () => {
      calls.push('stop')
      return stop()
    },
  })
  return { memory, calls }
}

const never = () => new Promise<never>(() => undefined)
const context = {
  healthChanged: () => undefined,
  signal: new AbortController().signal,
} as Partial<AdapterContext> as AdapterContext
const soon = 20

describe('stop', () => {
  const atOnce = () => {
    throw new Error('at once')
  }
  test.each([
    ['rejects', () => Promise.reject(new Error('no spool')), 'no spool'],
    ['throws', atOnce, 'at once'],
    ['hangs', never, `no answer within ${soon} ms`],
  ])('of one that %s is told, and the others are stopped', async (_how, stop, why) => {
    const { logger, lines } = keepingLogger()
    const bad = adapter('bad', { stop })
    const good = adapter('good')
    const channels = createChannels([bad.memory, good.memory], { logger })
    await channels.start(() => context)
    await channels.stop(soon)
    expect(good.calls).toEqual(['start', 'stop'])
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: `a channel does not stop: ${why}`,
        details: { channel: 'memory/bad' },
      },
    ])
  })

  test('leaves alone what was never started', async () => {
    const { logger } = keepingLogger()
    const { memory, calls } = adapter('')
    await createChannels([memory], { logger }).stop(soon)
    expect(calls).toEqual([])
  })
})

describe('start', () => {
  test('that takes long is mentioned, once, and waited for', async () => {
    const { logger, next } = keepingLogger()
    const started = Promise.withResolvers<void>()
    const slow = adapter('slow', { start: () => started.promise })
    const channels = createChannels([slow.memory, adapter('').memory], { logger, lateMs: 5 })
    const starting = channels.start(() => context)
    expect(await next()).toMatchObject({
      level: 'warn',
      message: 'a channel has not started after 5 ms; the others work',
      details: { channel: 'memory/slow' },
    })
    started.resolve()
    await starting
  })

  test('that is not waited for any more is not mentioned', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { logger } = keepingLogger()
    const end = new AbortController()
    const hanging = adapter('', { start: never })
    const channels = createChannels([hanging.memory], { logger })
    void channels.start(() => ({ ...context, signal: end.signal }))
    expect(vi.getTimerCount()).toBe(1)
    end.abort()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('tells the host when it is done, so that what waits is sent', async () => {
    const { logger } = keepingLogger()
    const changed: string[] = []
    const slow = adapter('slow', { start: async () => void changed.push('started') })
    const channels = createChannels([slow.memory], { logger })
    await channels.start(() => ({ ...context, healthChanged: () => void changed.push('told') }))
    expect(changed).toEqual(['started', 'told'])
  })
})

test('what the caller does to its list afterwards changes nothing', () => {
  const { logger } = keepingLogger()
  const [one, two] = [adapter('one').memory, adapter('two').memory]
  const mine = [one]
  const channels = createChannels(mine, { logger })
  mine.push(two)
  expect(channels.list()).toEqual([one])
  expect(channels.list()).not.toBe(mine)
})

test('an adapter that cannot say how it stands is down', () => {
  const clock = { now: () => Date.parse('2026-01-31T12:00:00.000Z') }
  const { memory } = adapter('', {
    health: () => {
      throw new Error('no socket')
    },
  })
  expect(healthOf(memory, clock)).toEqual({
    state: 'down',
    since: '2026-01-31T12:00:00.000Z',
    why: 'its adapter cannot say how it stands: no socket',
  })
})
