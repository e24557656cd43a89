import { describe, expect, it } from 'vitest'
import { allScenarios } from './scenarios/all.ts'
import { crashEverywhere, wrongOf } from './support/crash-everywhere.ts'
import { hostOperations, outdatedReasons } from './support/operations.ts'

/** With `NANOCLAW_TEST_THOROUGH=1` every call, those included that only read or that begin a host. */
const isFull = process.env.NANOCLAW_TEST_THOROUGH === '1'
const died = new Set<string>()
const [first] = allScenarios

describe('a host that dies at every twelfth of its calls, and at each kind of them, in WAL mode', () => {
  for (const scenario of allScenarios) {
    it(
      `${scenario.name}: nothing lost, nothing doubled, nothing silent`,
      async () => {
        const isThorough = isFull || scenario === first
        const how = { isThorough, stride: isFull ? 1 : 12, died }
        const worlds = await crashEverywhere({ scenario, journal: 'wal', ...how })
        expect(wrongOf(worlds)).toEqual([])
        expect(worlds.length).toBeGreaterThan(5)
      },
      isFull ? 1_200_000 : 120_000,
    )
  }

  it('has died before and after each kind of call that a host makes', () => {
    const both = hostOperations.flatMap((name) => [`before ${name}`, `after ${name}`])
    expect(both.filter((each) => !died.has(each))).toEqual([])
    expect(outdatedReasons(died)).toEqual([])
  })
})
