import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { powerWorks, unlessPowerWorks } from './support/library.ts'
import { createPoweredFolder, type PoweredFolder } from './support/power.ts'
import { endAll } from './support/powered-host.ts'
import { runRounds } from './support/rounds.ts'
import { usePowerLibrary } from './support/use-power-library.ts'

const library = usePowerLibrary()
let power: PoweredFolder

beforeEach(() => {
  if (powerWorks) power = createPoweredFolder(library())
})

afterEach(async () => {
  if (!powerWorks) return
  await endAll(power)
  power.remove()
})

const kinds = [
  { journal: 'wal', windowMs: 600_000, count: 10, seed: 1, keys: 'a platform that knows keys' },
  { journal: 'delete', windowMs: 0, count: 8, seed: 2, keys: 'one that knows none' },
] as const

describe.skipIf(!powerWorks)(`the power goes again and again${unlessPowerWorks}`, () => {
  for (const { keys, ...rounds } of kinds) {
    it(`in ${rounds.journal} mode, with ${keys}: nothing accepted is lost [L18]`, async () => {
      const { problems, record, cuts } = await runRounds(power, rounds)
      expect(problems).toEqual([])
      expect(cuts).toBeGreaterThan(rounds.count / 2)
      expect(record.said.every(({ confirmed }) => confirmed)).toBe(true)
    }, 240_000)
  }
})
