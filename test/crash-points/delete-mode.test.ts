import { describe, expect, it } from 'vitest'
import { allScenarios } from './scenarios/all.ts'
import { crashEverywhere, wrongOf } from './support/crash-everywhere.ts'

const died = new Set<string>()
/** With `NANOCLAW_TEST_THOROUGH=1` every call, those included that only read or that begin a host. */
const isThorough = process.env.NANOCLAW_TEST_THOROUGH === '1'
const stride = isThorough ? 1 : 90

describe('a host that dies at every ninetieth of its calls, and at each kind of them, in DELETE mode', () => {
  for (const scenario of allScenarios) {
    it(
      `${scenario.name}: nothing lost, nothing doubled, nothing silent`,
      async () => {
        const worlds = await crashEverywhere({
          scenario,
          journal: 'delete',
          isThorough,
          stride,
          died,
        })
        expect(wrongOf(worlds)).toEqual([])
      },
      isThorough ? 1_200_000 : 120_000,
    )
  }
})
