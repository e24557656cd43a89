import { isSimulatedCrash } from '@nanoclaw/core/testing'
import type { Core } from '@nanoclaw/core'
import { timestamp } from '@nanoclaw/schema'
import { expect, onTestFinished, test } from 'vitest'
import type { OperatorSink } from '../../src/operator/operator-sink.ts'
import { noticesAtMost } from '../../src/operator/teller.ts'
import { playedSink } from './notices.ts'
import { memory, never, open, subjects, tell, untilAttempts, untilTold } from './telling.ts'

test('an incident is told once by the first sink, however often it recurs [L19]', async () => {
  const { core } = await memory()
  const [one, two] = [playedSink('one'), playedSink('two')]
  tell(core, [one.sink, two.sink])
  const id = await open(core, 'family')
  expect(await untilTold(core, id)).toMatchObject({ toldThrough: 'one', tellAttempts: 0 })
  for (let n = 0; n < 20; n += 1) await open(core, 'family')
  const other = await open(core, 'office')
  await untilTold(core, other)
  expect(subjects(one.asked)).toEqual([['family'], ['office']])
  expect(one.taken[0]?.key).toBe(id)
  expect(two.asked).toEqual([])
})

test('a second sink is asked when the first is down, and the status says so [L19]', async () => {
  const { core } = await memory()
  const [one, two] = [playedSink('one'), playedSink('two')]
  one.sink.works = false
  const { teller, lines } = tell(core, [one.sink, two.sink])
  expect(await untilTold(core, await open(core, 'family'))).toMatchObject({ toldThrough: 'two' })
  expect(teller.status()).toEqual({
    untold: 0,
    sinks: [
      { name: 'one', failingSince: timestamp(core.clock), why: 'one is down' },
      { name: 'two' },
    ],
  })
  expect(lines).toMatchObject([
    { level: 'warn', message: 'the operator could not be told through one: one is down' },
  ])
  one.sink.works = true
  await untilTold(core, await open(core, 'office'))
  expect(teller.status().sinks).toEqual([{ name: 'one' }, { name: 'two' }])
})

test('one that hangs is given up at its deadline, and the next is asked', async () => {
  const { core } = await memory()
  const [one, two] = [playedSink('one'), playedSink('two')]
  one.sink.works = 'hangs'
  const { teller } = tell(core, [one.sink, two.sink], { sinkTimeoutMs: 20 })
  await untilTold(core, await open(core, 'family'))
  expect(teller.status().sinks[0]?.why).toBe('no answer within 20 ms')
})

test('when no sink takes it, it is tried again later, and told when one is back', async () => {
  const { core, clock } = await memory()
  const one = playedSink('one')
  one.sink.works = false
  const { teller, lines } = tell(core, [one.sink], { lookMs: 1 })
  const id = await open(core, 'family')
  await one.until(() => one.asked.length === 1)
  await untilAttempts(core, id, 1)
  expect(await core.incidents.get(id)).toMatchObject({
    toldAt: null,
    nextTellAt: timestamp(clock, 1),
  })
  expect(teller.status()).toMatchObject({ untold: 1 })
  expect(lines.at(-1)?.message).toContain('could not be told of 1 incidents by any sink')
  clock.advance(1)
  await untilAttempts(core, id, 2)
  one.sink.works = true
  clock.advance(2)
  expect(await untilTold(core, id)).toMatchObject({ tellAttempts: 2 })
  expect(new Set(one.asked.map(({ key }) => key))).toEqual(new Set([id]))
})

test('new incidents do not hammer sinks that are all down', async () => {
  const { core } = await memory()
  const one = playedSink('one')
  one.sink.works = false
  const { teller } = tell(core, [one.sink], { retryBaseMs: never })
  for (let n = 0; n < 20; n += 1) await open(core, `room ${n}`)
  await one.until(() => one.asked.length > 0)
  for (let n = 20; n < 40; n += 1) await open(core, `room ${n}`)
  await teller.stop()
  expect(one.asked).toHaveLength(1)
})

test('a flood is told in a few notices, none of it twice and none of it left out [L12]', async () => {
  const { core } = await memory()
  const one = playedSink('one')
  const first = tell(core, [one.sink], { paceMs: never })
  const opened: string[] = []
  for (let n = 0; n < 500; n += 1) opened.push(await open(core, `room ${n}`))
  await one.until(() => one.taken.length === noticesAtMost)
  await first.teller.stop()
  expect(one.asked).toHaveLength(noticesAtMost)
  tell(core, [one.sink])
  for (const id of opened) await untilTold(core, id)
  expect(one.taken).toHaveLength(noticesAtMost + 1)
  expect(one.taken.reduce((sum, { total }) => sum + total, 0)).toBe(500)
})

test('what waits when the host starts is one notice where it is more than a few', async () => {
  const { core } = await memory()
  for (let n = 0; n < noticesAtMost + 1; n += 1) await open(core, `room ${n}`)
  const one = playedSink('one')
  const { teller } = tell(core, [one.sink], { paceMs: never })
  await one.until(() => one.taken.length === 1)
  expect(one.taken[0]?.total).toBe(noticesAtMost + 1)
  await teller.stop()
})

test('in one span of time no more notices go out than may; what comes then waits, and is one', async () => {
  const { core } = await memory()
  const one = playedSink('one')
  const { teller } = tell(core, [one.sink], { paceMs: never })
  for (let n = 0; n < noticesAtMost; n += 1) await untilTold(core, await open(core, `room ${n}`))
  await open(core, 'late')
  await open(core, 'later')
  await teller.stop()
  expect(one.asked).toHaveLength(noticesAtMost)
  const next = tell(core, [one.sink])
  await one.until(() => one.taken.length === noticesAtMost + 2)
  await next.teller.stop()
  expect(subjects(one.taken).slice(-2)).toEqual([['late'], ['later']])
})

test('a crash between telling and marking tells again under the same key, and not a third time', async () => {
  const { core } = await memory()
  const one = playedSink('one')
  core.faults.crashAt('incidents.told', 1, 'before')
  const dead = tell(core, [one.sink])
  const id = await open(core, 'family')
  while (core.faults.waiting > 0) await new Promise(setImmediate)
  await dead.teller.stop()
  await expect(core.incidents.list()).rejects.toSatisfy(isSimulatedCrash)
  const reopened = await core.reopen()
  onTestFinished(() => reopened.close())
  const next = tell(reopened, [one.sink])
  await untilTold(reopened, id)
  await next.teller.stop()
  const third = tell(reopened, [one.sink])
  await untilTold(reopened, await open(reopened, 'office'))
  await third.teller.stop()
  expect(one.taken.slice(0, 2).map(({ key }) => key)).toEqual([id, id])
  expect(subjects(one.taken)).toEqual([['family'], ['family'], ['office']])
})

test('what was told and cannot be marked is not told again by this process', async () => {
  const { core } = await memory()
  const one = playedSink('one')
  core.faults.failAt('incidents.told', 1)
  core.faults.failAt('incidents.told', 2)
  const { lines } = tell(core, [one.sink], { lookMs: 1 })
  await untilTold(core, await open(core, 'family'))
  expect(one.taken).toHaveLength(1)
  expect(lines.filter(({ level }) => level === 'error')).toHaveLength(2)
})

test('what another process has opened is found by the next look', async () => {
  const { core } = await memory()
  const one = playedSink('one')
  const deaf: Core = { ...core, incidents: { ...core.incidents, onOpened: () => () => undefined } }
  tell(deaf, [one.sink], { lookMs: 1 })
  await untilTold(core, await open(core, 'family'))
})

test('what is over before it could be told is not told', async () => {
  const { core, clock } = await memory()
  const one = playedSink('one')
  one.sink.works = false
  tell(core, [one.sink], { lookMs: 1 })
  const id = await open(core, 'family')
  await untilAttempts(core, id, 1)
  await core.incidents.resolve('test', 'family')
  one.sink.works = true
  clock.advance(10_000)
  await untilTold(core, await open(core, 'office'))
  expect(subjects(one.taken)).toEqual([['office']])
})

test('a clock that jumps a day, either way, delays nothing', async () => {
  const { core, clock } = await memory()
  const one = playedSink('one')
  for (const jump of ['2026-01-30T12:00:00.000Z', '2026-02-01T12:00:00.000Z']) {
    one.sink.works = false
    const { teller } = tell(core, [one.sink], { lookMs: 1 })
    const id = await open(core, jump)
    await untilAttempts(core, id, 1)
    clock.set(jump)
    one.sink.works = true
    await untilTold(core, id)
    await teller.stop()
  }
  expect(one.taken).toHaveLength(2)
})

test('one notice that no sink takes keeps none of the others from being told', async () => {
  const { core } = await memory()
  const taken: string[] = []
  const picky: OperatorSink = {
    name: 'picky',
    tell: ({ incidents }) => {
      const [{ subject } = { subject: '' }] = incidents
      if (subject === 'poison') return Promise.reject(new Error('not that one'))
      taken.push(subject)
      return Promise.resolve()
    },
  }
  await open(core, 'poison')
  const id = await open(core, 'family')
  tell(core, [picky], { lookMs: 1 })
  await untilTold(core, id)
  expect(taken).toEqual(['family'])
})

test('without sinks nothing is asked of the database', async () => {
  const { core } = await memory()
  const { teller } = tell(core, [])
  await open(core, 'family')
  await teller.stop()
  expect(core.faults.calls).toEqual(['incidents.open'])
  expect(teller.status()).toEqual({ untold: 0, sinks: [] })
})
