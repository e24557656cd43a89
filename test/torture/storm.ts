import { setTimeout as pause } from 'node:timers/promises'
import type { Blows } from './blows.ts'
import type { DaemonKeeper } from './daemon-keeper.ts'
import type { Platform } from './platform/server.ts'
import type { Random } from './random.ts'
import type { SmallDisk } from './small-home.ts'

/** What a storm is made of. */
export interface StormDeps {
  readonly blows: Blows
  readonly platform: Platform
  readonly daemon: DaemonKeeper
  /** Undefined: none can be mounted here. */
  readonly disk: SmallDisk | undefined
  /** Undefined: the daemon's clock cannot be moved here. */
  readonly clock: { set(offsetMs: number): void } | undefined
  readonly random: Random
  /** Ends the storm. */
  readonly signal: AbortSignal
  /** The runner is stopped for longer than the host bears it: only where there is time. */
  readonly longStops: boolean
}

const patienceMs = 3_000
/** A start takes long on a machine that has much to do. */
const startPatienceMs = 30_000
const stepMs = 20
const dayMs = 24 * 60 * 60_000
const meanPauseMs = 700
const shortestPauseMs = 60
/** Longer than the channel's time-out, which is 2 s here. */
const daemonStopMs = [2_500, 5_000] as const
/** Longer than the host waits for a heartbeat, 30 s. */
const longStopMs = 36_000
const longStopEveryMs = 150_000

const blows = {
  runner: 40,
  daemon: 16,
  tree: 18,
  both: 12,
  'stop-daemon': 2,
  'stop-runner': 3,
  away: 3,
  disk: 3,
  clock: 4,
}

/** Strikes at random until the signal; leaves everything mended but what was killed. */
export async function storm(deps: StormDeps): Promise<void> {
  const { random, signal } = deps
  const lasting = createLasting(deps)
  let lastLongStop = performance.now()
  while (await calm(random, signal)) {
    if (deps.longStops && performance.now() - lastLongStop > longStopEveryMs) {
      await deps.blows.stopRunner(longStopMs)
      lastLongStop = performance.now()
    }
    await strike(deps, lasting)
    // Blows that all fall into starts would leave nothing to be interrupted.
    if (random.next() < 0.7)
      await deps.daemon.untilReady(startPatienceMs, deps.signal).catch(() => undefined)
  }
  await lasting.end()
}

async function strike({ blows: blow, random, signal }: StormDeps, lasting: Lasting): Promise<void> {
  const what = random.weighted(blows)
  switch (what) {
    case 'runner':
      return void (await whenThere(blow.killRunner, signal))
    case 'daemon':
    case 'tree':
      return void (await blow.killDaemon(what))
    case 'both':
      return void (await whenThere(blow.killBoth, signal))
    case 'stop-daemon':
      return await blow.stopDaemon(random.between(...daemonStopMs))
    case 'stop-runner':
      return await blow.stopRunner(random.between(500, 4_000))
    case 'away':
    case 'disk':
    case 'clock':
      return lasting.begin(what)
    default:
      return what satisfies never
  }
}

/** Kills as soon as there is something to be killed; gives up where nothing comes. */
async function whenThere(kill: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const until = performance.now() + patienceMs
  while (!signal.aborted && performance.now() < until && !(await kill())) await pause(stepMs)
}

/** False: the storm is over. Mostly short, sometimes long enough for much to happen. */
async function calm(random: Random, signal: AbortSignal): Promise<boolean> {
  const ms = Math.min(-Math.log(1 - random.next()) * meanPauseMs, 4 * meanPauseMs)
  await pause(shortestPauseMs + ms, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}

/** Troubles that last for some seconds, during which the blows go on. */
interface Lasting {
  begin(what: 'away' | 'disk' | 'clock'): void
  /** Resolves when all is mended. */
  end(): Promise<void>
}

function createLasting({ blows: blow, platform, disk, clock, random, signal }: StormDeps): Lasting {
  const running = new Map<string, Promise<void>>()
  async function last(
    what: string,
    ms: number,
    on: () => Promise<void> | void,
    off: () => Promise<void> | void,
  ) {
    blow.note(`${what} for ${ms} ms`)
    try {
      await on()
      await pause(ms, undefined, { signal }).catch(() => undefined)
    } finally {
      await off()
      blow.note(`${what} is over`)
    }
  }
  function play(what: 'away' | 'disk' | 'clock'): Promise<void> | undefined {
    const ms = random.between(500, 4_000)
    const offsetMs = random.pick([-dayMs, dayMs])
    switch (what) {
      case 'away':
        return last(
          'platform away',
          ms,
          () => platform.setReachable(false),
          () => platform.setReachable(true),
        )
      case 'disk':
        return disk && last('disk full', ms, disk.fill, disk.empty)
      case 'clock':
        return (
          clock &&
          last(
            `clock ${offsetMs > 0 ? 'a day ahead' : 'a day back'}`,
            ms,
            () => clock.set(offsetMs),
            () => clock.set(0),
          )
        )
      default:
        return what satisfies never
    }
  }
  return {
    begin(what) {
      if (running.has(what)) return
      const played = play(what)
      if (played !== undefined)
        running.set(
          what,
          played.finally(() => running.delete(what)),
        )
    },
    end: async () => void (await Promise.all(running.values())),
  }
}
