import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createIds,
  dedupeKey,
  idempotencyKey,
  idPattern,
  isId,
  isTimestamp,
  mailDedupeKey,
  nextHostSeq,
  nextRunnerSeq,
  placeKey,
  sessionKeys,
  timestamp,
} from '../src/index.ts'

const clock = { now: () => Date.UTC(2026, 10, 22, 14, 5, 0, 7) }

describe('ids', () => {
  test('are a prefix and a UUIDv7 of the clock’s time, in order', () => {
    const ids = createIds(clock)
    const made = Array.from({ length: 1000 }, () => ids.next('sess'))
    expect(new Set(made).size).toBe(1000)
    for (const id of made) expect(id).toMatch(idPattern)
    const stamp = clock.now().toString(16).padStart(12, '0')
    expect(made[0]?.replaceAll('-', '').slice(4, 16)).toBe(stamp)
    expect(createIds({ now: () => clock.now() + 1 }).next('sess') > (made[0] ?? '')).toBe(true)
  })

  test('[X3] are refused in every other form', () => {
    const others = ['', 'in', 'in-', 'in-1234567', '../../etc', 'IN-12345678', 'toolong-12345678']
    const more = [
      'in-12345678\n',
      'in-1234567é',
      `in-${'1'.repeat(41)}`,
      'in-1234/678',
      'i-12345678',
    ]
    for (const text of [...others, ...more]) expect(isId(text), text).toBe(false)
    expect(isId(`in-${'1'.repeat(40)}`)).toBe(true)
  })
})

describe('time', () => {
  test('is ISO-8601 UTC with milliseconds, whose string order is time order', () => {
    expect(timestamp(clock)).toBe('2026-11-22T14:05:00.007Z')
    expect(timestamp(clock, 60_000)).toBe('2026-11-22T14:06:00.007Z')
    const moment = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) })
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        const [first, second] = [a, b].map((now) => timestamp({ now: () => now }))
        expect(isTimestamp(first ?? '')).toBe(true)
        expect((first ?? '') < (second ?? '')).toBe(a < b)
      }),
    )
  })

  test('in any other form, or of a day that is none, is refused', () => {
    for (const text of [
      '2026-11-22',
      '2026-11-22 14:05:00',
      '2026-11-22T14:05:00Z',
      '2026-11-22T14:05:00.007+00:00',
      '2026-11-22T14:05:00.007Z\n',
      '2026-02-30T00:00:00.000Z',
      '2026-13-01T00:00:00.000Z',
      '2026-01-01T24:00:00.000Z',
      '+002026-11-22T14:05:00.007Z',
    ]) {
      expect(isTimestamp(text), text).toBe(false)
    }
  })
})

describe('seq', () => {
  test('takes the next even or odd number above the largest of either side', () => {
    expect([0, 1, 2, 3].map(nextHostSeq)).toEqual([2, 2, 4, 4])
    expect([0, 1, 2, 3].map(nextRunnerSeq)).toEqual([1, 3, 3, 5])
    fc.assert(
      fc.property(fc.nat(), (largest) => {
        for (const [next, parity] of [
          [nextHostSeq(largest), 0],
          [nextRunnerSeq(largest), 1],
        ] as const) {
          expect(next % 2).toBe(parity)
          expect(next - largest).toBeGreaterThan(0)
          expect(next - largest).toBeLessThanOrEqual(2)
        }
      }),
    )
  })
})

describe('keys', () => {
  test('of sessions are the documented arrays', () => {
    expect(sessionKeys.shared('ag-1', 'mg-1')).toBe('["chat","ag-1","mg-1"]')
    expect(sessionKeys.perThread('ag-1', 'mg-1', 't')).toBe('["thread","ag-1","mg-1","t"]')
    expect(sessionKeys.perThread('ag-1', 'mg-1', null)).toBe('["thread","ag-1","mg-1",null]')
    expect(sessionKeys.agentShared('ag-1')).toBe('["agent","ag-1"]')
    expect(sessionKeys.mail('ag-1')).toBe('["mail","ag-1"]')
    expect(sessionKeys.task('ag-1', 'task-1')).toBe('["task","ag-1","task-1"]')
  })

  const parts = {
    channelType: 'memory',
    channelInstance: '',
    platformId: 'family',
    event: 'message',
    platformMessageId: '17',
    revision: '',
  }

  test('[L4] of hand-overs tell apart whatever differs in one part', () => {
    expect(dedupeKey(parts)).toBe('["memory","","family","message","17",""]')
    expect(mailDedupeKey('sess-1', 'out-1')).toBe('["a2a","sess-1","out-1"]')
    const text = fc.string({ unit: 'binary' })
    const record = fc.record({
      channelType: text,
      channelInstance: text,
      platformId: text,
      event: text,
      platformMessageId: text,
      revision: text,
    })
    fc.assert(
      fc.property(record, record, (a, b) => {
        expect(dedupeKey(a) === dedupeKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
    expect(placeKey({ ...parts, platformId: '","' })).not.toBe(
      placeKey({ ...parts, channelInstance: '","', platformId: '' }),
    )
  })

  test('of sends are 24 characters of base 32, as another program computes them', () => {
    // printf '["inst-1","sess-1","out-1",0]' | openssl dgst -sha256 -binary | base32
    expect(idempotencyKey('inst-1', 'sess-1', 'out-1', 0)).toBe('abdd44ixz2jyke4q4wflpdmk')
    expect(idempotencyKey('inst-1', 'sess-1', 'out-1', 12)).toBe('ddw4krbmtubtuphpzdp4uusp')
    const word = fc.string()
    fc.assert(
      fc.property(word, word, word, fc.nat(), (install, session, row, part) => {
        expect(idempotencyKey(install, session, row, part)).toMatch(/^[a-z2-7]{24}$/)
      }),
    )
  })
})
