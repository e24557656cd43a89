import { setTimeout as pause } from 'node:timers/promises'
import { runnersOf, type ProcessInfo } from '../e2e/support/processes.ts'
import type { DaemonKeeper } from './daemon-keeper.ts'
import type { Random } from './random.ts'
import { claimsOf } from './read-turns.ts'

/** Something that is done to the processes. */
export interface Blow {
  readonly at: string
  readonly what: string
}

/** Strikes processes of one daemon, and keeps count. */
export interface Blows {
  readonly log: readonly Blow[]
  /** SIGKILLs of a daemon, a runner, or both at once. */
  readonly kills: number
  /** Those of them that met a daemon that answered. */
  readonly met: number
  /** False: nothing was there to be killed. */
  killRunner(): Promise<boolean>
  /** Kills it only inside a turn that has not been struck before; else false. */
  killRunnerAtTurn(): Promise<boolean>
  killDaemon(what: 'daemon' | 'tree'): Promise<boolean>
  killBoth(): Promise<boolean>
  stopDaemon(ms: number): Promise<void>
  stopRunner(ms: number): Promise<void>
  note(what: string): void
}

/** What is struck, and with what luck. */
export interface BlowDeps {
  readonly daemon: DaemonKeeper
  readonly home: string
  readonly random: Random
  /** Ends what is being waited for. */
  readonly signal: AbortSignal
}

/** For one daemon. */
export function createBlows({ daemon, home, random, signal }: BlowDeps): Blows {
  const log: Blow[] = []
  const struck = new Set<string>()
  let kills = 0
  let met = 0
  const note = (what: string): void => void log.push({ at: new Date().toISOString(), what })

  async function runner(): Promise<ProcessInfo | undefined> {
    if (daemon.pid === undefined) return undefined
    const runners = await runnersOf(daemon.pid)
    return runners.length === 0 ? undefined : random.pick(runners)
  }

  function killed(what: string, wasReady: boolean): true {
    kills += 1
    if (wasReady) met += 1
    note(what)
    return true
  }

  /** A turn that runs now, and whose runner has not been killed in it. */
  function untouchedTurn(): string | undefined {
    return claimsOf(home).find(({ isProcessing, turnId }) => isProcessing && !struck.has(turnId))
      ?.turnId
  }

  async function halt(pid: number, ms: number): Promise<void> {
    send(pid, 'SIGSTOP')
    await pause(ms, undefined, { signal }).catch(() => undefined)
    send(pid, 'SIGCONT')
  }

  return {
    log,
    get kills() {
      return kills
    },
    get met() {
      return met
    },
    async killRunner() {
      const found = await runner()
      if (found === undefined || !send(found.pid, 'SIGKILL')) return false
      return killed(`kill runner ${found.pid}`, daemon.isReady)
    },
    async killRunnerAtTurn() {
      if (untouchedTurn() === undefined) return false
      const found = await runner()
      if (found === undefined || !send(found.pid, 'SIGSTOP')) return false
      // It stands still: what it is at now is what it dies in.
      const turn = untouchedTurn()
      if (turn === undefined || !send(found.pid, 'SIGKILL')) {
        send(found.pid, 'SIGCONT')
        return false
      }
      struck.add(turn)
      return killed(`kill runner ${found.pid} in mid-turn`, daemon.isReady)
    },
    async killDaemon(what) {
      const wasReady = daemon.isReady
      return (await daemon.kill(what)) && killed(`kill ${what}`, wasReady)
    },
    async killBoth() {
      const found = await runner()
      if (found === undefined || !send(found.pid, 'SIGKILL')) return false
      const wasReady = daemon.isReady
      if (!(await daemon.kill('daemon'))) return false
      return killed(`kill runner ${found.pid} and daemon`, wasReady)
    },
    async stopDaemon(ms) {
      if (daemon.pid === undefined) return
      note(`stop daemon for ${ms} ms`)
      await halt(daemon.pid, ms)
    },
    async stopRunner(ms) {
      const found = await runner()
      if (found === undefined) return
      note(`stop runner ${found.pid} for ${ms} ms`)
      await halt(found.pid, ms)
    },
    note,
  }
}

function send(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    // It has gone by itself.
    return false
  }
}
