import { createFarSide, type FarRecord } from './far-side.ts'
import { judge, unsoundAfterCut } from './judge.ts'
import type { PoweredFolder } from './power.ts'
import { endAll, startPoweredHost, type HostKind } from './powered-host.ts'
import { between, seededRandom } from './random.ts'

/** What the people write before a life of the host: so many messages in each chat. */
export type Writing = Readonly<Record<string, number>>

/** The lives of the hosts on one folder. */
export interface Lives {
  readonly record: FarRecord
  /**
   * Starts a host, lets it work and ends all of it as it stands. True when all was answered by then;
   * false when the power went before, at this change of the disk (0: it does not).
   */
  live(writing: Writing, cutAfter?: number): Promise<boolean>
  /** One more life, with a good end: all that is wrong with what has become of the messages. */
  verdict(): Promise<string[]>
}

/** Where nobody has lived yet. */
export function createLives(power: PoweredFolder, kind: HostKind): Lives {
  const far = createFarSide(kind.windowMs > 0)
  return {
    record: far.record,
    async live(writing, cutAfter = 0) {
      for (const [chat, count] of Object.entries(writing)) far.say(chat, count)
      power.control.set('cutAfter', cutAfter)
      const host = startPoweredHost(power, far, kind)
      const quiet = await host.quiet
      await endAll(power)
      return quiet
    },
    async verdict() {
      const host = startPoweredHost(power, far, kind)
      if (!(await host.quiet)) return [`the host does not start: ${host.complaints()}`]
      await host.stop()
      return judge(power.root, far.record)
    },
  }
}

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

/** About as many changes and syncs as a round has, so that some come to their end. */
const longestRound = 450

/**
 * Each round two chats are written to; the power goes at a random change of the disk, or the
 * processes are only killed, and at the end all is answered and judged. Every other cut leaves some
 * of what was not synced.
 */
export async function runRounds(power: PoweredFolder, rounds: Rounds): Promise<Outcome> {
  const random = seededRandom(rounds.seed)
  const { record, live, verdict } = createLives(power, rounds)
  const problems: string[] = []
  let cuts = 0
  for (let round = 0; round < rounds.count && problems.length === 0; round += 1) {
    const chats = [`chat${Math.floor(round / 2)}`, `chat${Math.floor(random() * 3)}`]
    const writing = Object.fromEntries(chats.map((chat) => [chat, 3]))
    if (!(await live(writing, between(random, 1, longestRound)))) cuts += 1
    if (round % 4 === 3) power.restore()
    else power.cut(round % 2 === 0 ? random : undefined)
    problems.push(...unsoundAfterCut(power.root).map((what) => `after round ${round}: ${what}`))
  }
  if (problems.length === 0) problems.push(...(await verdict()))
  return { problems, record, cuts }
}
