import { describe, expect, it } from 'vitest'
import { allScenarios } from './scenarios/all.ts'
import { crashEverywhere, wrongOf } from './support/crash-everywhere.ts'
import { hostOperations, outdatedReasons } from './support/operations.ts'

/** All calls with `NANOCLAW_EVERY_CALL=1`; else every kind of call, and every third call. */
const stride = process.env.NANOCLAW_EVERY_CALL === '1' ? 1 : 3
const died = new Set<string>()
const [first] = allScenarios

describe('a host that dies at its calls of store, adapter and driver in turn, in WAL mode', () => {
  for (const scenario of allScenarios) {
    it(`${scenario.name}: nothing lost, nothing doubled, nothing silent`, async () => {
      const isThorough = scenario === first
      const worlds = await crashEverywhere({ scenario, journal: 'wal', isThorough, stride, died })
      expect(wrongOf(worlds)).toEqual([])
      expect(worlds.length).toBeGreaterThan(10)
    }, 120_000)
  }

  it('has died before and after each kind of call that a host makes', () => {
    const both = hostOperations.flatMap((name) => [`before ${name}`, `after ${name}`])
    expect(both.filter((each) => !died.has(each))).toEqual([])
    expect(outdatedReasons(died)).toEqual([])
  })
})
