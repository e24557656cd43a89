import { expect, test } from 'vitest'
import { undisturbedFolder } from '../../../../test/support/loop-meter.ts'
import { playReaderAttack } from '../../../../test/support/reader-attack.ts'

/** The promise is 50 ms; a busy machine gets longer, but never as long as a read may take. */
const mostMs = 250

function p99(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Infinity
}

test('[X4] [L11] others exchange messages at their usual pace while one session attacks its reader', async () => {
  const parent = await undisturbedFolder()
  let least = Infinity
  for (let attempt = 1; attempt <= 3 && least > mostMs; attempt += 1) {
    const { exchanges, calm, attacks } = await playReaderAttack({ parent, attackMs: 1_300 })
    expect(exchanges.length).toBeGreaterThan(200)
    expect(attacks['locked-shm']).toMatchObject({ deadline: expect.any(Number) as number })
    expect(attacks['endless-view']).toMatchObject({ violation: expect.any(Number) as number })
    // Whatever else the machine does, it does to both.
    least = Math.min(least, p99(exchanges) - p99(calm))
  }
  expect(least).toBeLessThanOrEqual(mostMs)
}, 120_000)
