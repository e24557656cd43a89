import { timestamp } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { expect, test } from 'vitest'
import type { Core } from '../../src/index.ts'
import { freshCore } from '../home.ts'

const hour = 3_600_000
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
    nextTellAt: null,
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
  await core.incidents.tellLater([await open(core, 'family')], timestamp(clock, hour))
  expect(await untold(core)).toEqual([])
  clock.at -= 24 * hour
  expect(await untold(core)).toEqual(['family'])
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

test('what is to be told is found by its index', async () => {
  const core = await freshCore()
  const path = core.layout.centralDb
  const { sqlite, close } = openDatabase({
    path,
    kind: 'central',
    access: 'read-only',
    timeoutMs: 50,
  })
  const plan = sqlite
    .prepare<[], { detail: string }>(
      `EXPLAIN QUERY PLAN SELECT * FROM incidents WHERE resolved_at IS NULL AND told_at IS NULL
       AND (next_tell_at IS NULL OR next_tell_at <= 'a' OR next_tell_at > 'b')
       ORDER BY next_tell_at, rowid LIMIT 9`,
    )
    .all()
  close()
  expect(plan.map(({ detail }) => detail)).toEqual(['SCAN incidents USING INDEX incidents_untold'])
})
