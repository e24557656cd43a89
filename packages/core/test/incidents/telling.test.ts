import { timestamp } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { expect, test } from 'vitest'
import type { Core } from '../../src/index.ts'
import { freshCore } from '../home.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const start = Date.parse('2026-01-31T12:00:00.000Z')

function clockAt(now: number) {
  const clock = { now: () => clock.at, at: now }
  return clock
}

async function open(core: Core, subject: string): Promise<string> {
  const { incident } = await core.incidents.open({ kind: 'delivery', subject, message: 'down' })
  return incident.id
}

async function untold(core: Core, limit = 100): Promise<readonly string[]> {
  const found = await core.incidents.untold(timestamp(core.clock), limit)
  return found.map(({ subject }) => subject)
}

test('what was told once is not told again, however often it recurs, after a restart too', async () => {
  const core = await freshCore()
  const id = await open(core, 'family')
  await open(core, 'office')
  expect(await untold(core)).toEqual(['family', 'office'])
  expect(await untold(core, 1)).toEqual(['family'])
  await core.incidents.told([id], 'webhook example.org')
  await open(core, 'family')
  await core.close()
  const next = await freshCore({ home: core.layout.home })
  expect(await untold(next)).toEqual(['office'])
  expect(await next.incidents.get(id)).toMatchObject({
    occurrences: 2,
    toldThrough: 'webhook example.org',
  })
})

test('what is over is not told, and a new one of the kind is', async () => {
  const core = await freshCore()
  const id = await open(core, 'family')
  await core.incidents.resolve('delivery', 'family')
  expect(await untold(core)).toEqual([])
  expect(await open(core, 'family')).not.toBe(id)
  expect(await untold(core)).toEqual(['family'])
})

test('what is put off waits for its time, and each time is counted', async () => {
  const clock = clockAt(start)
  const core = await freshCore({ clock })
  const id = await open(core, 'family')
  await core.incidents.tellLater([id], timestamp(clock, 1_000))
  expect(await untold(core)).toEqual([])
  clock.at += 1_000
  expect(await untold(core)).toEqual(['family'])
  await core.incidents.tellLater([id], timestamp(clock, 1_000))
  expect(await core.incidents.get(id)).toMatchObject({ tellAttempts: 2, toldAt: null })
})

test('a clock that is set back a day puts nothing off for a day', async () => {
  const clock = clockAt(start)
  const core = await freshCore({ clock })
  await core.incidents.tellLater([await open(core, 'family')], timestamp(clock, 20 * minute))
  expect(await untold(core)).toEqual([])
  clock.at -= day
  expect(await untold(core)).toEqual(['family'])
})

/** Comes and goes every `stepMs`; the minutes at which it was told. */
async function flap(
  core: Core,
  clock: ReturnType<typeof clockAt>,
  until: number,
  stepMs = 10 * minute,
): Promise<readonly number[]> {
  const told: number[] = []
  while (clock.at < start + until) {
    await open(core, 'family')
    for (const { id } of await core.incidents.untold(timestamp(clock), 10)) {
      await core.incidents.told([id], 'chat')
      told.push((clock.at - start) / minute)
    }
    await core.incidents.resolve('delivery', 'family')
    clock.at += stepMs
  }
  return told
}

test('what comes and goes is told at most in gaps that double up to a day, after a restart too', async () => {
  const clock = clockAt(start)
  const core = await freshCore({ clock })
  expect(await flap(core, clock, 2 * hour)).toEqual([0, 10, 30, 70])
  await core.close()
  const next = await freshCore({ home: core.layout.home, clock })
  expect(await flap(next, clock, 5 * day, 80 * minute)).toEqual([
    200, 360, 680, 1_320, 2_600, 4_040, 5_480, 6_920,
  ])
})

test('after a calm day it is told at once, and the gaps begin anew', async () => {
  const clock = clockAt(start)
  const core = await freshCore({ clock })
  await flap(core, clock, 2 * hour)
  clock.at = start + 150 * minute + day
  const since = (clock.at - start) / minute
  const told = await flap(core, clock, clock.at - start + 40 * minute)
  expect(told.map((at) => at - since)).toEqual([0, 10, 30])
})

test('one that stays open is told when its gap is over, and others wait for nothing', async () => {
  const clock = clockAt(start)
  const core = await freshCore({ clock })
  await core.incidents.told([await open(core, 'family')], 'chat')
  await core.incidents.resolve('delivery', 'family')
  await open(core, 'family')
  await open(core, 'office')
  expect(await untold(core)).toEqual(['office'])
  expect(await core.incidents.countUntold()).toBe(2)
  clock.at += 10 * minute
  expect(await untold(core)).toEqual(['office', 'family'])
})

test('a clock that is set back a day, or was ahead, puts no recurrence off for longer', async () => {
  const clock = clockAt(start + 400 * day)
  const core = await freshCore({ clock })
  await core.incidents.told([await open(core, 'family')], 'chat')
  await core.incidents.resolve('delivery', 'family')
  await open(core, 'family')
  expect(await untold(core)).toEqual([])
  clock.at = start
  expect(await untold(core)).toEqual(['family'])
  await core.incidents.resolve('delivery', 'family')
  expect(await flap(core, clock, 20 * minute)).toEqual([0, 10])
})

test('when something was told last is known, newest first, once for what was told together', async () => {
  const clock = clockAt(start)
  const core = await freshCore({ clock })
  await core.incidents.told([await open(core, 'family'), await open(core, 'office')], 'chat')
  clock.at += 1_000
  await core.incidents.told([await open(core, 'friends')], 'chat')
  await open(core, 'untold')
  const [first, second] = [timestamp(clock, -1_000), timestamp(clock)]
  expect(await core.incidents.lastTold(5)).toEqual([second, first])
  expect(await core.incidents.lastTold(1)).toEqual([second])
})

test('whoever listens hears of new ones alone, until it wants no more', async () => {
  const core = await freshCore()
  let heard = 0
  const end = core.incidents.onOpened(() => (heard += 1))
  await open(core, 'family')
  await open(core, 'family')
  expect(heard).toBe(1)
  await core.incidents.resolve('delivery', 'family')
  await open(core, 'family')
  expect(heard).toBe(2)
  end()
  await open(core, 'office')
  expect(heard).toBe(2)
})

test('an event shows its incident as it was then, not what was told later', async () => {
  const core = await freshCore()
  const live = core.subscribe()[Symbol.asyncIterator]()
  const coming = live.next()
  const id = await open(core, 'family')
  const told = (await coming).value
  await core.incidents.told([id], 'chat')
  await live.return?.()
  const again = await core.subscribe('beginning')[Symbol.asyncIterator]().next()
  expect(again.value).toEqual(told)
})

test.each([
  [
    'what is to be told',
    `SELECT * FROM incidents WHERE resolved_at IS NULL AND told_at IS NULL
     AND (next_tell_at IS NULL OR next_tell_at <= 'a' OR tell_attempts > 0 AND next_tell_at > 'b'
     OR next_tell_at > 'c') ORDER BY next_tell_at, rowid LIMIT 9`,
    'SCAN incidents USING INDEX incidents_untold',
  ],
  [
    'the number of what nobody was told of',
    'SELECT count(*) FROM incidents WHERE resolved_at IS NULL AND told_at IS NULL',
    'SCAN incidents USING INDEX incidents_untold',
  ],
  [
    'what was told last of a kind and subject',
    `SELECT told_at, next_tell_at FROM incidents WHERE kind = 'a' AND subject = 'b'
     AND told_at <= 'c' ORDER BY told_at DESC LIMIT 1`,
    'SEARCH incidents USING INDEX incidents_told (kind=? AND subject=? AND told_at<?)',
  ],
  [
    'when something was told last',
    'SELECT DISTINCT told_at FROM incidents WHERE told_at IS NOT NULL ORDER BY told_at DESC LIMIT 5',
    'SEARCH incidents USING COVERING INDEX incidents_told_at (told_at>?)',
  ],
])('%s is found by its index', async (_what, statement, expected) => {
  const core = await freshCore()
  const path = core.layout.centralDb
  const { sqlite, close } = openDatabase({
    path,
    kind: 'central',
    access: 'read-only',
    timeoutMs: 50,
  })
  const plan = sqlite.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${statement}`).all()
  close()
  expect(plan.map(({ detail }) => detail)).toEqual([expected])
})
