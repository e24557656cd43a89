import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { bwrapWorks, unlessBwrapWorks } from '../support/bwrap.ts'

/** The runs end by what they have done; this is for a machine that has much else to do. */
const limitMs = 600_000
const chance = String(1 + Math.floor(Math.random() * 999_999_999))

interface Run {
  readonly code: unknown
  readonly counts: Readonly<Record<string, number>>
  readonly notes: string
}

async function torture(...args: readonly string[]): Promise<Run> {
  const main = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, [main, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  const [said, notes] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await ended
  const counts: unknown = said === '' ? {} : JSON.parse(said)
  return { code, counts: counts as Run['counts'], notes }
}

/** The notes tell the seed. */
function expectNothingLost({ code, counts, notes }: Run, least: { kills: number; said: number }) {
  expect(counts, notes).toMatchObject({ lost: 0, doubled: 0 })
  expect(code, notes).toBe(0)
  expect(counts.handedOver).toBeGreaterThanOrEqual(least.said)
  expect(counts.kills).toBeGreaterThanOrEqual(least.kills)
}

/** Where nothing is poison and nothing is struck often, nothing may be given up. */
function expectAllAnswered({ counts, notes }: Run) {
  expect(counts.answered, notes).toBe(counts.handedOver)
}

describe.skipIf(!bwrapWorks).concurrent(`the torture${unlessBwrapWorks}`, () => {
  it(
    'by a fixed seed, where the platform knows keys and what has ended is soon pruned: nothing is lost, nothing shown twice',
    async () => {
      const run = await torture('--kills', '8', '--seed', '20261122', '--retention', '5000')
      expectNothingLost(run, { kills: 8, said: 20 })
      expect(run.counts.ambiguous, run.notes).toBe(0)
    },
    limitMs,
  )

  it(
    `[L15] by the seed ${chance}, where it forgets them after 3 s: nothing is lost, every double marked`,
    async () => {
      const run = await torture('--kills', '8', '--window', '3000', '--seed', chance)
      expectNothingLost(run, { kills: 8, said: 20 })
      expect(run.notes).toMatch(/ [1-9]\d* parts were in doubt/)
    },
    limitMs,
  )
})

describe.skipIf(!bwrapWorks).concurrent(`the rival's own tests${unlessBwrapWorks}`, () => {
  it(
    'kills of the runner in a stream of messages lose and double none',
    async () => {
      const run = await torture('--test', 'runner-kills', '--kills', '4')
      expectNothingLost(run, { kills: 4, said: 22 })
      expectAllAnswered(run)
    },
    limitMs,
  )

  it(
    'kills of the host inside a delivery lose and double none where the platform knows keys',
    async () => {
      const run = await torture('--test', 'host-kills', '--kills', '4')
      expectNothingLost(run, { kills: 4, said: 16 })
      expectAllAnswered(run)
      expect(run.counts.ambiguous, run.notes).toBe(0)
    },
    limitMs,
  )

  it(
    '[L5] kills of the host inside a delivery lose none and mark each double where it knows none',
    async () => {
      const run = await torture('--test', 'host-kills', '--kills', '4', '--window', 'none')
      expectNothingLost(run, { kills: 4, said: 16 })
      expectAllAnswered(run)
      expect(run.counts.ambiguous, run.notes).toBeGreaterThan(0)
    },
    limitMs,
  )
})
