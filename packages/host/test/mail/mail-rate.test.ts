import { expect, test } from 'vitest'
import { createMailRate } from '../../src/mail/mail-rate.ts'

function rate(limits: { mailPerMinute: number; mailBurst: number }) {
  let now = 0
  const made = createMailRate(limits, () => now)
  return {
    pass: (ms: number) => (now += ms),
    admitted: (from: string, to: string, letters: number) =>
      Array.from({ length: letters }, () => made.admit(from, to)).filter((isIn) => isIn).length,
  }
}

test('a pair of agents has a burst, then so many letters a minute, each pair and way of its own [W7]', () => {
  const { pass, admitted } = rate({ mailPerMinute: 6, mailBurst: 10 })
  expect(admitted('a', 'b', 30)).toBe(10)
  expect(admitted('b', 'a', 30)).toBe(10)
  expect(admitted('a', 'c', 1)).toBe(1)
  pass(10_000)
  expect(admitted('a', 'b', 30)).toBe(1)
  pass(3_600_000)
  expect(admitted('a', 'b', 30)).toBe(10)
})

test('what is refused does not count, so that who goes on asking is not kept out for ever', () => {
  const { pass, admitted } = rate({ mailPerMinute: 60, mailBurst: 1 })
  expect(admitted('a', 'b', 100)).toBe(1)
  pass(1_000)
  expect(admitted('a', 'b', 100)).toBe(1)
})

test('pairs that have not written for long are forgotten, those that are at their limit are not', () => {
  const { pass, admitted } = rate({ mailPerMinute: 60, mailBurst: 2 })
  expect(admitted('a', 'b', 5)).toBe(2)
  for (let n = 0; n < 1_500; n += 1) admitted('x', `y${n}`, 1)
  expect(admitted('a', 'b', 5)).toBe(0)
  pass(1_000)
  expect(admitted('a', 'b', 5)).toBe(1)
})

test('nothing is refused where there is no limit', () => {
  expect(rate({ mailPerMinute: Infinity, mailBurst: 1 }).admitted('a', 'b', 500)).toBe(500)
})
