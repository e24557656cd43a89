import { describe, expect, it } from 'vitest'
import { allScenarios } from './scenarios/all.ts'
import { crashEverywhere, wrongOf } from './support/crash-everywhere.ts'

const died = new Set<string>()
const stride = 3

describe('a host that dies at every kind of call, and every third call, in DELETE mode', () => {
  for (const scenario of allScenarios) {
    it(`${scenario.name}: nothing lost, nothing doubled, nothing silent`, async () => {
      const worlds = await crashEverywhere({ scenario, journal: 'delete', stride, died })
      expect(wrongOf(worlds)).toEqual([])
    }, 120_000)
  }
})
