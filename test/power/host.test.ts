import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { centralRows } from '../e2e/support/home-files.ts'
import { lies } from './support/control.ts'
import { powerWorks, unlessPowerWorks } from './support/library.ts'
import { createPoweredFolder, type PoweredFolder } from './support/power.ts'
import { endAll } from './support/powered-host.ts'
import { createLives, runRounds } from './support/rounds.ts'
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

const wal = { journal: 'wal', windowMs: 600_000 } as const
/** Where no keys are known, what was sent twice shows whether the first time was on the disk. */
const kinds = [
  { journal: 'wal', windowMs: 0, count: 5, seed: 1, keys: 'a platform that knows no keys' },
  { journal: 'delete', windowMs: 600_000, count: 5, seed: 2, keys: 'one that knows them' },
] as const

const lost = /^(lost|forgotten|corrupt|torn|the host does not start)/

describe.skipIf(!powerWorks)(`the power goes again and again${unlessPowerWorks}`, () => {
  for (const { keys, ...rounds } of kinds) {
    it(`in ${rounds.journal} mode, with ${keys}: nothing accepted is lost [L18]`, async () => {
      const { problems, record, cuts } = await runRounds(power, rounds)
      expect(problems).toEqual([])
      expect(cuts).toBeGreaterThan(rounds.count / 2)
      expect(record.said.every(({ confirmed }) => confirmed)).toBe(true)
      // It ends by its rounds: a minute of a free machine, many of a busy one.
    }, 900_000)
  }
})

describe.skipIf(!powerWorks)(`where syncs do nothing${unlessPowerWorks}`, () => {
  it.each(['everySync', 'syncsOfFolders', 'syncsOfFiles'] as const)(
    'the same judge finds what a power cut loses, and nothing before it: %s [L18]',
    async (lie) => {
      const { live, verdict } = createLives(power, wal)
      power.control.set('lying', lies[lie])
      expect(await live({ room: 4 })).toBe(true)
      power.restore()
      expect(await verdict()).toEqual([])
      await endAll(power)
      power.cut()
      expect(await verdict()).toContainEqual(expect.stringMatching(lost))
    },
    120_000,
  )
})

describe.skipIf(!powerWorks)(`a disk that takes 20 ms for each sync${unlessPowerWorks}`, () => {
  it('loses nothing, all is answered, and no container is condemned', async () => {
    power.control.set('syncDelayMs', 20)
    const { live, verdict } = createLives(power, wal)
    expect(await live({ one: 4, two: 4, three: 4 })).toBe(true)
    const epochs = centralRows(power.root, 'SELECT epoch FROM sessions')
    expect(epochs).toEqual([{ epoch: 1 }, { epoch: 1 }, { epoch: 1 }])
    power.cut()
    expect(await verdict()).toEqual([])
    expect(centralRows(power.root, 'SELECT kind, message FROM incidents')).toEqual([])
  }, 120_000)
})
