import { idPattern, timestamp } from '@nanoclaw/schema'
import { expect, test } from 'vitest'
import { createFakeClock, createSequentialIds } from '../../src/testing.ts'

test('a fake clock stands still, goes on when told, and jumps both ways', () => {
  const clock = createFakeClock()
  expect(timestamp(clock)).toBe('2026-01-31T12:00:00.000Z')
  clock.advance(1_500)
  expect(timestamp(clock)).toBe('2026-01-31T12:00:01.500Z')
  clock.set('2020-02-29T00:00:00.000Z')
  expect(timestamp(clock)).toBe('2020-02-29T00:00:00.000Z')
  expect(createFakeClock('1999-12-31T23:59:59.999Z').now()).toBe(946_684_799_999)
})

test('a fake clock refuses what is no moment and no span of time', () => {
  const clock = createFakeClock()
  const refused = expect.objectContaining({ code: 'bad-option' })
  for (const ms of [-1, Number.NaN, Infinity]) expect(() => clock.advance(ms)).toThrow(refused)
  for (const at of ['', 'tomorrow', '2026-01-31', '2026-02-30T12:00:00.000Z']) {
    expect(() => clock.set(at)).toThrow(refused)
    expect(() => createFakeClock(at)).toThrow(refused)
  }
  expect(timestamp(clock)).toBe('2026-01-31T12:00:00.000Z')
})

test('sequential ids are counted for each prefix, by each counter, in the protocol’s form', () => {
  const ids = createSequentialIds()
  expect([ids.next('sess'), ids.next('in'), ids.next('sess')]).toEqual([
    'sess-00000001',
    'in-00000001',
    'sess-00000002',
  ])
  expect(createSequentialIds().next('inst')).toBe('inst-00000001')
  for (const prefix of ['ag', 'wire', 'turn'] as const) {
    expect(ids.next(prefix)).toMatch(idPattern)
  }
})
