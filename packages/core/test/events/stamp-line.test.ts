import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StampLine } from '../../src/events/stamp-line.ts'

test('what is committed out of order is released in order, and settled only without gaps', () => {
  const released: string[] = []
  const line = new StampLine<string>(100, {
    told: (events) => released.push(...events),
    unknown: (last) => released.push(`unknown up to ${last}`),
  })
  expect(line.has(1)).toBe(false)
  line.reserved(100, 200)
  const [a, b, c] = [line.begin(2), line.begin(1), line.begin(3)]
  expect([a.first, b.first, c.first]).toEqual([101, 103, 104])
  expect(line.last).toBe(106)
  c.finish(['c'])
  b.finish([])
  expect([released, line.settled]).toEqual([[], 100])
  a.finish(['a', 'a'])
  expect([released, line.settled]).toEqual([['a', 'a', 'c'], 106])
  const [d, e] = [line.begin(2), line.begin(1)]
  e.finish(['e'])
  expect(line.settled).toBe(106)
  d.giveUp()
  d.finish([])
  expect([released.slice(3), line.settled]).toEqual([['unknown up to 108', 'e'], 109])
})

test('no stamp is given twice, whatever is rolled back, reserved elsewhere or cut off by a crash', () => {
  const step = fc.oneof(
    fc.record({ use: fc.integer({ min: 1, max: 9 }), line: fc.nat(2), commit: fc.boolean() }),
    fc.record({ crash: fc.nat(2) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let ceiling = 0
      const given: number[] = []
      const ignore = () => undefined
      const fresh = () => new StampLine<number>(ceiling, { told: ignore, unknown: ignore })
      const lines = [fresh(), fresh(), fresh()]
      for (const each of steps) {
        if ('crash' in each) {
          lines[each.crash] = fresh()
          continue
        }
        const line = lines[each.line] ?? fresh()
        if (!line.has(each.use)) {
          line.reserved(ceiling, ceiling + each.use + 10)
          ceiling += each.use + 10
        }
        const batch = line.begin(each.use)
        for (let count = 0; count < each.use; count += 1) given.push(batch.first + count)
        batch.finish([])
      }
      expect(new Set(given).size).toBe(given.length)
      expect(Math.max(0, ...given)).toBeLessThanOrEqual(ceiling)
    }),
  )
})
