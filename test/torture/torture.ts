import { setTimeout as pause } from 'node:timers/promises'
import { whatIsMissing } from './enough.ts'
import { judge } from './judge.ts'
import type { TortureOptions } from './options.ts'
import { badDay } from './platform/faults.ts'
import { hostKills, runnerKills } from './rival.ts'
import type { OwnEnd } from './daemon-keeper.ts'
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

/** From an error of the disk to the end of who met it. */
const afterFullDiskMs = 10_000
const rivalsKills = 20
const lookEveryMs = 500
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
    const { seed, windowMs, minutes, test, kills = rivalsKills } = options
    if (isStorm) await brew(scene, options, signal)
    else if (test === 'runner-kills') await runnerKills(scene, kills, signal)
    else await hostKills(scene, kills, signal)
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

/** Messages, kills and a platform on a bad day, all at once; the clock runs from the first answer. */
async function brew(
  scene: Scene,
  { minutes, kills }: TortureOptions,
  signal: AbortSignal,
): Promise<void> {
  const { platform, blows, disk, clock, stream, random } = scene
  const done = new AbortController()
  const time = AbortSignal.any([signal, done.signal])
  platform.setFaults(badDay(random.fork('faults')))
  const lasts = async (): Promise<void> => {
    const until = performance.now() + minutes * 60_000
    const isOver = () =>
      kills === undefined ? performance.now() > until : whatIsMissing(scene, kills) === undefined
    while (!time.aborted && !isOver()) await pause(lookEveryMs)
    done.abort()
  }
  const strike = async (): Promise<void> => {
    while (!time.aborted && platform.world.posts.length === 0) await pause(lookEveryMs)
    await Promise.all([
      lasts(),
      storm({
        blows,
        platform,
        daemon: scene.daemon,
        disk,
        clock,
        random: random.fork('storm'),
        signal: time,
        longStops: kills === undefined && minutes >= longRunMinutes,
      }),
    ])
  }
  await Promise.all([
    pour(stream, platform.world, { random: random.fork('stream'), signal: time }),
    strike(),
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
    const kind = what.replace(/ for \d+ ms$| \d+/g, '')
    if (!what.endsWith('is over')) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** A daemon may give up on a disk that is full, then or soon after; it is started again. */
function isForFullDisk({ blows }: Scene, { at, stderr }: OwnEnd): boolean {
  if (!/no space left/i.test(stderr)) return false
  const about = blows.log.filter((blow) => blow.what.startsWith('disk full') && blow.at <= at)
  const last = about.at(-1)
  if (last === undefined) return false
  const isOver = last.what.endsWith('is over')
  return !isOver || Date.parse(at) - Date.parse(last.at) < afterFullDiskMs
}

/** A runner that died in a turn has had it claimed once more; else the kill has met nothing. */
function mildness({ blows, test }: Scene, { evidence }: Settled): string[] {
  if (test !== 'runner-kills') return []
  const again = new Set(evidence.inbound.filter((row) => row.claims > 1).map((row) => row.turnId))
  if (again.size >= blows.kills) return []
  return [`mild: ${blows.kills} kills in mid-turn, and ${again.size} turns were claimed again`]
}

function complaintsOf(scene: Scene, settled: Settled, { violations }: Verdict): string[] {
  const { exitCode, unrest } = settled
  const ownEnds = scene.daemon.ownEnds.filter((end) => !isForFullDisk(scene, end))
  return [
    ...mildness(scene, settled),
    ...violations.map(({ kind, detail, message }) =>
      message === undefined ? `${kind}: ${detail}` : `${kind}: message ${message}: ${detail}`,
    ),
    ...(unrest === undefined ? [] : [`unrest: ${unrest}`]),
    ...(exitCode === 0 ? [] : [`exit: SIGTERM ended the daemon with ${exitCode}`]),
    ...ownEnds.map(({ at, code, stderr }) => `ended by itself at ${at} with ${code}: ${stderr}`),
  ]
}
