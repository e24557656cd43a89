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
  const lookFor = (ms: number) => {
    for (const until = now + ms; now < until; now += 500) strikes.count(busy)
    return strikes.count(busy)
  }
  expect(lookFor(4_000)).toBeUndefined()
  strikes.count(drained)
  expect(lookFor(4_500)).toBeUndefined()
  expect(lookFor(1_000)).toContain('locked')
})

it('does not take for a lock what the machine has slept through [S12]', () => {
  let now = 0
  const strikes = new Strikes(() => now)
  strikes.count(busy)
  for (let sleeps = 0; sleeps < 4; sleeps += 1) {
    now += 3_600_000
    expect(strikes.count(busy)).toBeUndefined()
  }
})
