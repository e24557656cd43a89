import { judge } from './judge.ts'
import type { TortureOptions } from './options.ts'
import { badDay } from './platform/faults.ts'
import { hostKills, runnerKills } from './rival.ts'
import { openScene, type Scene } from './scene.ts'
import { settle, type Settled } from './settle.ts'
import { storm } from './storm.ts'
import { pour } from './stream.ts'
import type { Verdict } from './verdict.ts'
import { keepEvidence } from './keep-evidence.ts'

/** What a run came to, and how it went. */
export interface Outcome {
  readonly verdict: Verdict
  readonly kills: number
  readonly starts: number
  /** What was struck besides kills, by kind. */
  readonly strikes: Readonly<Record<string, number>>
  /** Everything that must not be; empty: it is proven. */
  readonly complaints: readonly string[]
  /** Where the home is kept; undefined: it is gone. */
  readonly kept: string | undefined
}

const rooms = 10
const longRunMinutes = 3
const shortestSettleMs = 90_000

const progressEveryMs = 15_000

/**
 * Runs one proof. Nothing of it is left running, whatever happens; `signal` ends it early. `report`
 * gets a line now and then.
 */
export async function torture(
  options: TortureOptions,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const isStorm = options.test === 'storm'
  const scene = await openScene(options, { rooms: isStorm ? rooms : 1, signal })
  const progress = setInterval(() => report(stateOf(scene)), progressEveryMs)
  try {
    await scene.daemon.untilReady(60_000)
    const { seed, windowMs, minutes, test } = options
    if (isStorm) await brew(scene, minutes, signal)
    else if (test === 'runner-kills') await runnerKills(scene, options.kills, signal)
    else await hostKills(scene, options.kills, signal)
    const settled = await settle(scene, Math.max(shortestSettleMs, minutes * 15_000))
    const verdict = judge(settled.evidence)
    const complaints = complaintsOf(scene, settled, verdict)
    const kept =
      options.keep || complaints.length > 0
        ? await keepEvidence(scene, settled.evidence, { seed, windowMs, complaints })
        : undefined
    const strikes = countStrikes(scene)
    return {
      verdict,
      kills: scene.blows.kills,
      starts: scene.daemon.starts,
      strikes,
      complaints,
      kept,
    }
  } finally {
    clearInterval(progress)
    await scene.close()
  }
}

/** Messages, kills and a platform on a bad day, all at once. */
async function brew(scene: Scene, minutes: number, signal: AbortSignal): Promise<void> {
  const { platform, blows, disk, clock, stream, random } = scene
  const time = AbortSignal.any([signal, AbortSignal.timeout(minutes * 60_000)])
  platform.setFaults(badDay(random.fork('faults')))
  await Promise.all([
    pour(stream, platform.world, { random: random.fork('stream'), signal: time }),
    storm({
      blows,
      platform,
      daemon: scene.daemon,
      disk,
      clock,
      random: random.fork('storm'),
      signal: time,
      longStops: minutes >= longRunMinutes,
    }),
  ])
}

function stateOf({ blows, daemon, platform: { world }, stream }: Scene): string {
  const { newestOffset, confirmedOffset, posts } = world
  const unconfirmed = newestOffset - confirmedOffset
  return `${newestOffset} written, ${unconfirmed} not confirmed, ${stream.waiting()} wait, ${posts.length} shown; ${blows.kills} kills, ${daemon.starts} starts`
}

function countStrikes({ blows }: Scene): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { what } of blows.log) {
    const kind = what.replace(/\d+ ?|ms|for|is over/g, '').trim()
    if (!what.endsWith('is over')) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

function complaintsOf(scene: Scene, settled: Settled, { violations }: Verdict): string[] {
  const { exitCode, unrest } = settled
  // A daemon may give up on a disk that is full; it is started again.
  const ownEnds = scene.daemon.ownEnds.filter(({ stderr }) => !/no space left/i.test(stderr))
  return [
    ...violations.map(({ kind, detail, message }) =>
      message === undefined ? `${kind}: ${detail}` : `${kind}: message ${message}: ${detail}`,
    ),
    ...(unrest === undefined ? [] : [`unrest: ${unrest}`]),
    ...(exitCode === 0 ? [] : [`exit: SIGTERM ended the daemon with ${exitCode}`]),
    ...ownEnds.map(({ at, code, stderr }) => `ended by itself at ${at} with ${code}: ${stderr}`),
  ]
}
