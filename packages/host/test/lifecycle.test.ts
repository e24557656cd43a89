import { describe, expect, test } from 'vitest'
import { createLifecycle, type LifecycleSteps } from '../src/lifecycle.ts'

const closed = expect.objectContaining({ code: 'closed' })

/** A lifecycle that notes its steps; they do what they are told. */
function lifecycle(steps: Partial<LifecycleSteps> = {}) {
  const calls: string[] = []
  const { begin = () => Promise.resolve(), end = () => Promise.resolve() } = steps
  const made = createLifecycle({
    begin: (signal) => {
      calls.push('begin')
      return begin(signal)
    },
    end: () => {
      calls.push('end')
      return end()
    },
  })
  return { ...made, calls }
}

/** Begins, and waits for its signal. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )

describe('start', () => {
  test('with a signal that has aborted begins nothing', async () => {
    const { start, calls } = lifecycle()
    await expect(start(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    expect(calls).toEqual(['end'])
  })

  test('is begun once; a second call resolves with the first', async () => {
    const begun = Promise.withResolvers<void>()
    const { start, calls } = lifecycle({ begin: () => begun.promise })
    const order: string[] = []
    const first = start().then(() => order.push('first'))
    const second = start().then(() => order.push('second'))
    begun.resolve()
    await Promise.all([first, second])
    await start()
    expect(order).toEqual(['first', 'second'])
    expect(calls).toEqual(['begin'])
  })

  test('a second call rejects with the first', async () => {
    const { start } = lifecycle({ begin: () => Promise.reject(new Error('no such token')) })
    const calls = [start(), start()]
    for (const call of calls) await expect(call).rejects.toThrow('no such token')
  })

  test('the signal of a second call ends its own waiting, and nothing else', async () => {
    const begun = Promise.withResolvers<void>()
    const { start, calls } = lifecycle({ begin: () => begun.promise })
    const first = start()
    const abort = new AbortController()
    const second = start(abort.signal)
    abort.abort(new Error('no time'))
    await expect(second).rejects.toThrow('no time')
    begun.resolve()
    await first
    expect(calls).toEqual(['begin'])
  })

  test('that fails says why, also when the end after it fails', async () => {
    const { start, stop } = lifecycle({
      begin: () => Promise.reject(new Error('no such token')),
      end: () => Promise.reject(new Error('the driver is gone')),
    })
    await expect(start()).rejects.toThrow('no such token')
    await expect(stop()).rejects.toThrow('the driver is gone')
  })
})

describe('stop', () => {
  test('is done once; a second call resolves with the first', async () => {
    const ended = Promise.withResolvers<void>()
    const { start, stop, calls } = lifecycle({ end: () => ended.promise })
    await start()
    const [first, second] = [stop(), stop()]
    expect(second).toBe(first)
    ended.resolve()
    await second
    expect(calls).toEqual(['begin', 'end'])
  })

  test('before start ends it for good', async () => {
    const { start, stop, signal, calls } = lifecycle()
    await stop()
    expect(signal.aborted).toBe(true)
    await expect(start()).rejects.toEqual(closed)
    expect(calls).toEqual(['end'])
  })

  test('in the middle of a start ends it, after it', async () => {
    const { start, stop, calls } = lifecycle({ begin: untilAborted })
    const starting = start()
    const stopping = stop()
    await expect(starting).rejects.toEqual(closed)
    await stopping
    expect(calls).toEqual(['begin', 'end'])
  })
})
