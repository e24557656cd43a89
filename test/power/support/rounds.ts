import { createFarSide, type FarRecord } from './far-side.ts'
import { judge, unsoundAfterCut } from './judge.ts'
import type { PoweredFolder } from './power.ts'
import { endAll, startPoweredHost, type HostKind } from './powered-host.ts'
import { between, seededRandom } from './random.ts'

/** A host that loses its power again and again. */
export interface Rounds extends HostKind {
  readonly count: number
  readonly seed: number
}

/** What became of it. */
export interface Outcome {
  /** What is wrong; empty when nothing is. */
  readonly problems: readonly string[]
  readonly record: FarRecord
  /** How often the power went in the middle of work. */
  readonly cuts: number
}

/** More changes and syncs than a round has, so that some are ended when all is answered. */
const longestRound = 450

/**
 * Each round two chats are written to, one of them new; the power goes at a random change of the disk,
 * or the processes are only killed, and at the end all is answered and judged. Every other cut leaves
 * some of what was not synced.
 */
export async function runRounds(power: PoweredFolder, rounds: Rounds): Promise<Outcome> {
  const random = seededRandom(rounds.seed)
  const far = createFarSide(rounds.windowMs > 0)
  const problems: string[] = []
  let cuts = 0
  for (let round = 0; round < rounds.count; round += 1) {
    far.say(`chat${round}`, 3)
    far.say(`chat${Math.floor(random() * round)}`, 3)
    power.control.set('cutAfter', between(random, 1, longestRound))
    const host = startPoweredHost(power, far, rounds)
    if (!(await host.quiet)) cuts += 1
    await endAll(power)
    if (round % 4 === 3) power.restore()
    else power.cut(round % 2 === 0 ? random : undefined)
    const unsound = unsoundAfterCut(power.root)
    problems.push(...unsound.map((what) => `after round ${round}: ${what}`))
    if (unsound.length > 0) return { problems, record: far.record, cuts }
  }
  const last = startPoweredHost(power, far, rounds)
  if (!(await last.quiet)) {
    problems.push(`the host does not start: ${last.complaints()}`)
    return { problems, record: far.record, cuts }
  }
  await last.stop()
  return { problems: [...problems, ...judge(power.root, far.record)], record: far.record, cuts }
}
