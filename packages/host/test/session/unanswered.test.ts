import type { Origin } from '@nanoclaw/schema'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Unanswered } from '../../src/session/unanswered.ts'

const minuteMs = 60_000
const words = { unanswered: 'failed', waiting: 'waits', recovered: 'works' }
const origin: Origin = { channelType: 'test', channelInstance: '', platformId: 'a', threadId: null }
const row = {
  id: 'in-1',
  seq: 2,
  kind: 'chat',
  origin,
  processAfter: null,
  trigger: true,
  tries: 0,
}

// A minute, and nothing in it but this timer.
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => vi.useRealTimers())

function watch() {
  const told: string[] = []
  const world = { isRunning: false }
  const unanswered = new Unanswered({
    mailbox: {
      tellUnanswered: async (_origins, text) => {
        told.push(text)
        return []
      },
    },
    words,
    afterMs: minuteMs,
    due: () => [row],
    isRunning: () => world.isRunning,
    onSaid: () => undefined,
    onError: (error) => expect.fail(String(error)),
    onTold: () => undefined,
  })
  return { unanswered, told, world }
}

it('tells after a minute of failures without progress, and at each failure from then on', () => {
  const { unanswered, told } = watch()
  unanswered.failed()
  vi.advanceTimersByTime(minuteMs / 2)
  unanswered.failed()
  vi.advanceTimersByTime(minuteMs / 2 - 1)
  expect(told).toEqual([])
  vi.advanceTimersByTime(1)
  expect(told).toEqual(['waits'])
  unanswered.failed()
  expect(told).toHaveLength(2)
})

it('counts anew from the first failure after progress', () => {
  const { unanswered, told } = watch()
  unanswered.failed()
  vi.advanceTimersByTime(minuteMs - 1)
  unanswered.progressed()
  vi.advanceTimersByTime(minuteMs)
  unanswered.failed()
  vi.advanceTimersByTime(minuteMs - 1)
  expect(told).toEqual([])
  vi.advanceTimersByTime(1)
  expect(told).toHaveLength(1)
})

it('gives a container that is at work its time: only when it fails, too, are they told', () => {
  const { unanswered, told, world } = watch()
  unanswered.failed()
  world.isRunning = true
  vi.advanceTimersByTime(10 * minuteMs)
  expect(told).toEqual([])
  unanswered.failed()
  expect(told).toHaveLength(1)
})

it('tells nobody after its end', async () => {
  const { unanswered, told } = watch()
  unanswered.failed()
  unanswered.stop()
  unanswered.failed()
  await unanswered.tell()
  vi.advanceTimersByTime(10 * minuteMs)
  expect(told).toEqual([])
})
