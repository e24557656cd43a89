import { describe, expect, it } from 'vitest'
import { allScenarios } from './scenarios/all.ts'
import { crashEverywhere, wrongOf } from './support/crash-everywhere.ts'

const died = new Set<string>()
/** All calls with `NANOCLAW_EVERY_CALL=1`; else every kind of call, and every ninth call. */
const stride = process.env.NANOCLAW_EVERY_CALL === '1' ? 1 : 9

describe('a host that dies at its calls in turn, in DELETE mode', () => {
  for (const scenario of allScenarios) {
    it(`${scenario.name}: nothing lost, nothing doubled, nothing silent`, async () => {
      const worlds = await crashEverywhere({ scenario, journal: 'delete', stride, died })
      expect(wrongOf(worlds)).toEqual([])
    }, 120_000)
  }
})
