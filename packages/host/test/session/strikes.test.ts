import { expect, it } from 'vitest'
import { Strikes } from '../../src/session/strikes.ts'

const drained = { outcome: 'drained', progress: true, ended: [], processing: [] } as const
const violation = { outcome: 'violation', reason: 'a link' } as const
const deadline = { outcome: 'deadline', reason: 'slow' } as const

it('forgives one violation of a container, and none after it', () => {
  const strikes = new Strikes()
  expect([strikes.count(violation), strikes.count(drained), strikes.count(violation)]).toEqual([
    undefined,
    undefined,
    'a link',
  ])
})

it('begins anew with a new container', () => {
  const strikes = new Strikes()
  strikes.count(violation)
  strikes.newContainer()
  expect(strikes.count(violation)).toBeUndefined()
})

it('counts missed deadlines in a row: a slow machine misses one now and then', () => {
  const strikes = new Strikes()
  const slow = [deadline, deadline, drained, deadline, deadline].map((o) => strikes.count(o))
  expect(slow).toEqual([undefined, undefined, undefined, undefined, undefined])
  expect(strikes.count(deadline)).toBe('slow')
})
