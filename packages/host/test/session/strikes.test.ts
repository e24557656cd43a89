import { expect, it } from 'vitest'
import { Strikes } from '../../src/session/strikes.ts'

const drained = { outcome: 'drained', progress: true, ended: [], processing: [] } as const
const violation = { outcome: 'violation', reason: 'a link' } as const
const deadline = { outcome: 'deadline', reason: 'slow' } as const
const busy = { outcome: 'busy' } as const

it('forgives one violation, and none after it, whatever was sound in between', () => {
  const strikes = new Strikes()
  expect([strikes.count(violation), strikes.count(drained), strikes.count(violation)]).toEqual([
    undefined,
    undefined,
    'a link',
  ])
})

it('forgets a violation after ten minutes', () => {
  let now = 0
  const strikes = new Strikes(() => now)
  strikes.count(violation)
  now = 600_001
  expect(strikes.count(violation)).toBeUndefined()
})

it('counts missed deadlines in a row: a slow machine misses one now and then', () => {
  const strikes = new Strikes()
  const found = [deadline, deadline, drained, deadline].map((outcome) => strikes.count(outcome))
  expect(found).toEqual([undefined, undefined, undefined, undefined])
})

it.each([
  ['three in a row', [deadline, deadline, deadline]],
  ['five altogether', [deadline, deadline, drained, deadline, deadline, drained, deadline]],
])('takes %s missed deadlines as evidence', (_, outcomes) => {
  const strikes = new Strikes()
  expect(outcomes.map((outcome) => strikes.count(outcome)).at(-1)).toBe('slow')
})

it('takes a lock that stays as evidence, not one that comes and goes', () => {
  let now = 0
  const strikes = new Strikes(() => now)
  strikes.count(busy)
  now = 4_000
  strikes.count(drained)
  strikes.count(busy)
  now = 8_000
  expect(strikes.count(busy)).toBeUndefined()
  now = 9_001
  expect(strikes.count(busy)).toContain('locked')
})
