import { rm } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { allScenarios } from './scenarios/all.ts'
import { interruptions } from './scenarios/interruptions.ts'
import type { CrashPoint } from './support/death.ts'
import { surviveCrashes, wrongOf, type Survival } from './support/crash-everywhere.ts'
import { makeTemplate } from './support/world.ts'

const pairs = 3
/** About as many calls as the longest life makes. */
const mostCalls = 60

/** Numbers that are the same every time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function pointOf(random: () => number): CrashPoint {
  const n = 1 + Math.floor(random() * mostCalls)
  return { n, when: random() < 0.5 ? 'before' : 'after' }
}

describe('a host that dies, and dies again when it has come back', () => {
  for (const [at, scenario] of allScenarios.entries()) {
    it(`${scenario.name}: nothing lost, nothing doubled, nothing silent`, async () => {
      const template = await makeTemplate(scenario)
      const random = createRandom(at)
      const worlds: Survival[] = []
      for (let n = 0; n < pairs; n += 1) {
        const points = [pointOf(random), pointOf(random)]
        worlds.push(await surviveCrashes(scenario, template, 'wal', points))
      }
      await rm(template, { recursive: true, force: true })
      expect(wrongOf(worlds)).toEqual([])
    }, 60_000)
  }
})

it('one that dies while it ends a container that hangs, left by one that died', async () => {
  const scenario = interruptions[0]
  if (scenario === undefined) throw new Error('expected a scenario')
  const template = await makeTemplate(scenario)
  const first: CrashPoint = { operation: 'driver.start', n: 1, when: 'after' }
  const worlds: Survival[] = []
  for (const when of ['before', 'after'] as const) {
    const second: CrashPoint = { operation: 'driver.end', n: 1, when }
    worlds.push(await surviveCrashes(scenario, template, 'wal', [first, second]))
  }
  await rm(template, { recursive: true, force: true })
  expect(worlds.map(({ lives }) => lives[1])).toEqual(['died at driver.end', 'died at driver.end'])
  expect(wrongOf(worlds)).toEqual([])
}, 60_000)
