import type { Core } from '@nanoclaw/core'
import { timestamp } from '@nanoclaw/schema'
import { expect, onTestFinished, test, vi } from 'vitest'
import { noticesAtMost } from '../../src/operator/teller.ts'
import { playedSink } from './notices.ts'
import { memory, never, open, subjects, tell, untilTold } from './telling.ts'

test('stop waits for no sink; the next process tells what was being told', async () => {
  const { core } = await memory()
  const one = playedSink('one')
  one.sink.works = 'hangs'
  const { teller } = tell(core, [one.sink], { sinkTimeoutMs: never })
  const id = await open(core, 'family')
  await one.until(() => one.asked.length === 1)
  await teller.stop()
  expect(await core.incidents.get(id)).toMatchObject({ toldAt: null, tellAttempts: 0 })
  one.sink.works = true
  tell(core, [one.sink])
  await untilTold(core, id)
})

test('stop ends when the round has ended, and leaves no timer', async () => {
  const { core } = await memory()
  const counting = Promise.withResolvers<number>()
  const begun = Promise.withResolvers<void>()
  const countUntold = () => {
    begun.resolve()
    return counting.promise
  }
  const slow: Core = { ...core, incidents: { ...core.incidents, countUntold } }
  const { teller } = tell(slow, [playedSink('one').sink])
  await begun.promise
  let isStopped = false
  const set = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => set.mockRestore())
  const stopping = teller.stop().then(() => (isStopped = true))
  await new Promise(setImmediate)
  expect(isStopped).toBe(false)
  counting.resolve(0)
  await stopping
  expect(set.mock.calls.map(([, ms]) => ms)).not.toContain(never)
})

test('a restart forgets neither the pace nor what has been told of a trouble that comes and goes', async () => {
  const { core, clock } = await memory()
  const one = playedSink('one')
  for (let n = 0; n < 10; n += 1) {
    const { teller } = tell(core, [one.sink], { paceMs: never })
    for (const subject of ['flapping', `other ${n}`]) {
      clock.advance(1_000)
      await open(core, subject)
      await new Promise(setImmediate)
    }
    await core.incidents.resolve('test', 'flapping')
    await teller.stop()
  }
  expect(one.taken.length).toBeLessThanOrEqual(noticesAtMost)
  const flapping = subjects(one.taken)
    .flat()
    .filter((subject) => subject === 'flapping')
  expect(flapping).toEqual(['flapping'])
})

test('the status counts what nobody has taken also while it is put off', async () => {
  const { core, clock } = await memory()
  const one = playedSink('one')
  const id = await open(core, 'family')
  await core.incidents.tellLater([id], timestamp(clock, 60_000))
  const { teller } = tell(core, [one.sink])
  while (teller.status().untold !== 1) await new Promise(setImmediate)
  expect(one.asked).toEqual([])
})
