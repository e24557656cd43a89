import { expect, it } from 'vitest'
import { pauseWithin, protectedForMs, type KeyAge } from '../../src/delivery/window.ts'

const firstSentAt = '2026-01-31T12:00:00.000Z'
const sentMs = Date.parse(firstSentAt)

function left(ageMs: number, values: Partial<KeyAge> = {}): number {
  return protectedForMs({
    idempotency: { windowMs: 300_000 },
    firstSentAt,
    nowMs: sentMs + ageMs,
    calledAgoMs: undefined,
    deliveryTimeoutMs: 30_000,
    ...values,
  })
}

it('a key protects a call that ends inside the window, and none that may end after it [L17]', () => {
  expect([left(0), left(269_999), left(270_000), left(86_400_000)]).toEqual([270_000, 1, 0, 0])
})

it('a first call that lies ahead is past the window', () => {
  expect(left(-1)).toBe(0)
})

it('a clock that was put back by less than the age is caught by the one that does not jump', () => {
  expect(left(1_000, { calledAgoMs: 280_000 })).toBe(0)
})

it('a platform without keys, and a key that was never used, protect nothing', () => {
  expect(left(0, { idempotency: 'none' })).toBe(0)
  expect(left(0, { firstSentAt: null })).toBe(0)
})

it('a key for ever is one, whatever the clock says', () => {
  expect(left(-5, { idempotency: { windowMs: Infinity } })).toBe(Infinity)
})

it('a pause is shortened so that the next call begins inside the window', () => {
  expect(pauseWithin(500, 270_000)).toBe(500)
  expect(pauseWithin(600_000, 270_000)).toBe(269_000)
  expect(pauseWithin(600_000, 10)).toBe(5)
  expect(pauseWithin(500, Infinity)).toBe(500)
})
