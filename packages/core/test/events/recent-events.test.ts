import { expect, test } from 'vitest'
import { RecentEvents } from '../../src/events/recent-events.ts'
import type { StampedEvent } from '../../src/events/types.ts'

function stamped(stamp: number): StampedEvent {
  const cursor = String(stamp)
  const where = { cursor, at: '', sessionId: '', agentGroupId: '' }
  const accepted = { type: 'accepted', id: '', seq: 2, kind: 'chat', origin: null } as const
  return { stamp, event: { ...where, ...accepted } }
}

test('one commit may have more events than a call can have arguments', () => {
  const recent = new RecentEvents()
  recent.restart(0)
  recent.add(Array.from({ length: 300_000 }, (_, index) => stamped(index + 1)))
  expect(recent.reaches(298_999)).toBe(false)
  expect(recent.reaches(299_000)).toBe(true)
  expect(recent.after(299_000)?.stamp).toBe(299_001)
  expect(recent.after(300_000)).toBe(undefined)
})

test('what is not above where it began is left to the databases', () => {
  const recent = new RecentEvents()
  recent.restart(10)
  recent.add([stamped(9), stamped(11)])
  expect(recent.reaches(9)).toBe(false)
  expect(recent.after(10)?.stamp).toBe(11)
  recent.add([stamped(13)])
  recent.leave(11)
  expect([10, 11].map((stamp) => recent.reaches(stamp))).toEqual([false, true])
  expect(recent.after(11)?.stamp).toBe(13)
  recent.leave(9)
  expect(recent.reaches(10)).toBe(false)
  recent.restart()
  recent.leave(11)
  recent.add([stamped(12)])
  expect(recent.reaches(12)).toBe(false)
  expect(recent.after(0)).toBe(undefined)
})
