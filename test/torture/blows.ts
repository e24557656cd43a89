import { setTimeout as pause } from 'node:timers/promises'
import { runnersOf, type ProcessInfo } from '../e2e/support/processes.ts'
import type { DaemonKeeper } from './daemon-keeper.ts'
import type { Random } from './random.ts'

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
  /** False: nothing was there to be killed. */
  killRunner(): Promise<boolean>
  killDaemon(what: 'daemon' | 'tree'): Promise<boolean>
  killBoth(): Promise<boolean>
  stopDaemon(ms: number): Promise<void>
  stopRunner(ms: number): Promise<void>
  note(what: string): void
}

/** For one daemon; `signal` ends what is being waited for. */
export function createBlows(daemon: DaemonKeeper, random: Random, signal: AbortSignal): Blows {
  const log: Blow[] = []
  let kills = 0
  const note = (what: string): void => void log.push({ at: new Date().toISOString(), what })

  async function runner(): Promise<ProcessInfo | undefined> {
    if (daemon.pid === undefined) return undefined
    const runners = await runnersOf(daemon.pid)
    return runners.length === 0 ? undefined : random.pick(runners)
  }

  function killed(what: string): true {
    kills += 1
    note(what)
    return true
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
    async killRunner() {
      const found = await runner()
      if (found === undefined || !send(found.pid, 'SIGKILL')) return false
      return killed(`kill runner ${found.pid}`)
    },
    async killDaemon(what) {
      return (await daemon.kill(what)) && killed(`kill ${what}`)
    },
    async killBoth() {
      const found = await runner()
      if (found === undefined || !send(found.pid, 'SIGKILL')) return false
      return (await daemon.kill('daemon')) && killed(`kill runner ${found.pid} and daemon`)
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
