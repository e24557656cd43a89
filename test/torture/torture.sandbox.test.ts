import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { bwrapWorks, unlessBwrapWorks } from '../support/bwrap.ts'

const limitMs = 240_000
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

describe.skipIf(!bwrapWorks).concurrent(`the torture${unlessBwrapWorks}`, () => {
  it(
    '[L3] [L5] [L6] [L8] [L15] with a window, by a fixed seed: nothing is lost, nothing shown twice',
    async () => {
      const run = await torture('--minutes', '0.4', '--seed', '20261122')
      expectNothingLost(run, { kills: 3, said: 20 })
      expect(run.counts.ambiguous, run.notes).toBe(0)
    },
    limitMs,
  )

  it(
    `[L5] [L15] without a window, by the seed ${chance}: nothing is lost, every double marked`,
    async () => {
      const run = await torture('--minutes', '0.4', '--window', 'none', '--seed', chance)
      expectNothingLost(run, { kills: 3, said: 20 })
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
    },
    limitMs,
  )

  it(
    'kills of the host inside a delivery lose and double none where the platform knows keys',
    async () => {
      const run = await torture('--test', 'host-kills', '--kills', '4')
      expectNothingLost(run, { kills: 4, said: 16 })
      expect(run.counts.ambiguous, run.notes).toBe(0)
    },
    limitMs,
  )

  it(
    'kills of the host inside a delivery lose none and mark each double where it knows none',
    async () => {
      const run = await torture('--test', 'host-kills', '--kills', '4', '--window', 'none')
      expectNothingLost(run, { kills: 4, said: 16 })
    },
    limitMs,
  )
})
