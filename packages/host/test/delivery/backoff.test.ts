import { expect, it } from 'vitest'
import { backoffMs } from '../../src/delivery/backoff.ts'
import { defaultSettings } from '../../src/settings.ts'

const middle = 0.5
const longestMs = 1_200_000

it('doubles from the base up to twenty minutes', () => {
  const pauses = [1, 2, 3, 30].map((attempts) =>
    backoffMs({ attempts, baseMs: 1_000, longestMs, random: middle }),
  )
  expect(pauses).toEqual([1_000, 2_000, 4_000, 1_200_000])
})

it('honours what the platform asks for, up to twenty minutes', () => {
  const asked = (retryAfterMs: number): number =>
    backoffMs({ attempts: 1, baseMs: 1_000, longestMs, retryAfterMs, random: middle })
  expect([asked(30_000), asked(10), asked(86_400_000)]).toEqual([30_000, 1_000, 1_200_000])
})

it('tries no earlier than the platform asked for, whatever the jitter', () => {
  const at = (random: number): number =>
    backoffMs({ attempts: 1, baseMs: 1_000, longestMs, retryAfterMs: 1_000, random })
  expect([at(0), at(1)]).toEqual([1_000, 1_200])
})

it('spreads tries by a fifth to either side', () => {
  const at = (random: number): number =>
    backoffMs({ attempts: 1, baseMs: 1_000, longestMs, random })
  expect([at(0), at(1)]).toEqual([800, 1_200])
})

it('takes about an hour by default until it gives up [L1]', () => {
  const { retryBaseMs: baseMs, retryLongestMs, maxAttempts } = defaultSettings()
  let total = 0
  for (let attempts = 1; attempts < maxAttempts; attempts += 1) {
    total += backoffMs({ attempts, baseMs, longestMs: retryLongestMs, random: middle })
  }
  expect(total / 60_000).toBeGreaterThan(50)
  expect(total / 60_000).toBeLessThan(65)
})
