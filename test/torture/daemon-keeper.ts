import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { killTree } from '../e2e/support/processes.ts'

/** How a daemon is started. */
export interface DaemonOptions {
  /** The built command. */
  readonly command: string
  readonly home: string
  readonly env: Readonly<Record<string, string>>
}

/** A daemon that ended though nobody had killed it. */
export interface OwnEnd {
  readonly at: string
  readonly code: number | null
  readonly stderr: string
}

/** Keeps one daemon running on a home, whatever becomes of it. */
export interface DaemonKeeper {
  /** Of the process that runs, or is starting; undefined: there is none at this moment. */
  readonly pid: number | undefined
  /** Whether that process has said that it answers. */
  readonly isReady: boolean
  /** Starts so far. */
  readonly starts: number
  readonly ownEnds: readonly OwnEnd[]
  /** Resolves when a daemon answers; rejects after the limit, or when the signal ends it. */
  untilReady(limitMs: number, signal?: AbortSignal): Promise<void>
  /** SIGKILL of it alone, or with all below it. False: there was none. */
  kill(what: 'daemon' | 'tree'): Promise<boolean>
  /** Starts no other; asks the one that runs to end, and gives its exit code. Null: it had to be killed. */
  stop(limitMs: number): Promise<number | null>
}

const afterOwnEndMs = 500
const stderrKept = 4_000

interface Life {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  isReady: boolean
  isKilled: boolean
  stderr: string
}

/** Starts the first one. */
export function keepDaemon({ command, home, env }: DaemonOptions): DaemonKeeper {
  const ownEnds: OwnEnd[] = []
  let starts = 0
  let stopping = false
  let life = begin()

  function begin(): Life {
    starts += 1
    const child = spawn(process.execPath, [command, 'start', '--headless'], {
      cwd: '/',
      // A group of its own: what a terminal or a supervisor sends to ours is not for it.
      detached: true,
      env: { HOME: home, NANOCLAW_HOME: home, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null))
      child.once('exit', (code) => resolve(code))
    })
    const next: Life = { child, ended, isReady: false, isKilled: false, stderr: '' }
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      next.stderr = (next.stderr + text).slice(-stderrKept)
      next.isReady ||= next.stderr.includes('nano answers')
    })
    void ended.then((code) => goOn(next, code))
    return next
  }

  async function goOn(ended: Life, code: number | null): Promise<void> {
    if (!ended.isKilled && !stopping) {
      ownEnds.push({ at: new Date().toISOString(), code, stderr: ended.stderr })
      await pause(afterOwnEndMs)
    }
    if (!stopping) life = begin()
  }

  const isRunning = ({ child }: Life): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null

  return {
    get pid() {
      return isRunning(life) ? life.child.pid : undefined
    },
    get isReady() {
      return isRunning(life) && life.isReady
    },
    get starts() {
      return starts
    },
    ownEnds,
    async untilReady(limitMs, signal) {
      const until = performance.now() + limitMs
      while (!(isRunning(life) && life.isReady)) {
        signal?.throwIfAborted()
        if (performance.now() > until) throw new Error(`no daemon answers: ${life.stderr}`)
        await pause(20)
      }
    },
    async kill(what) {
      const { child, ended } = life
      if (child.pid === undefined || !isRunning(life)) return false
      life.isKilled = true
      if (what === 'tree') await killTree(child.pid)
      else child.kill('SIGKILL')
      await ended
      return true
    },
    async stop(limitMs) {
      stopping = true
      const { child, ended } = life
      if (child.pid === undefined || !isRunning(life)) return null
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      const pid = child.pid
      const limit = setTimeout(() => void killTree(pid), limitMs)
      return await ended.finally(() => clearTimeout(limit))
    },
  }
}
