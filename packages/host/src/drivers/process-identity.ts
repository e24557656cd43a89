import { execFile } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { readProc } from './read-proc.ts'

/** A process that was seen once, so that it can be told from a later one with the same number. */
export interface KnownProcess {
  readonly pid: number
  /** What {@link processIdentity} said of it when it was started. */
  readonly identity: string
  /** It leads a process group that is ended with it. */
  readonly group: boolean
}

/**
 * What tells a process from any other that has or had its number: boot and start time. Null when
 * there is none, or only its remains (a zombie).
 */
export async function processIdentity(pid: number): Promise<string | null> {
  return process.platform === 'linux' ? identityFromProc(pid) : identityFromPs(pid)
}

async function identityFromProc(pid: number): Promise<string | null> {
  try {
    const [stat, boot] = await Promise.all([
      readProc(`/proc/${pid}/stat`, 'utf8'),
      readProc('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // The command's name may hold spaces and brackets; fields are counted after its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, started] = [fields[0], fields[19]]
    if (state === undefined || started === undefined || 'ZXx'.includes(state)) return null
    return `${boot.trim()}:${started}`
  } catch {
    return null
  }
}

async function identityFromPs(pid: number): Promise<string | null> {
  try {
    const args = ['-o', 'stat=,lstart=', '-p', String(pid)]
    const { stdout } = await promisify(execFile)('ps', args, { env: { LC_ALL: 'C' } })
    const [state, ...started] = stdout.trim().split(/\s+/)
    return state === undefined || state === '' || state.startsWith('Z') ? null : started.join(' ')
  } catch {
    return null
  }
}

/** Whether exactly this process still runs. */
export async function isAlive(known: KnownProcess): Promise<boolean> {
  return (await processIdentity(known.pid)) === known.identity
}

/** SIGKILL to exactly this process (and its group); nothing when it has gone. */
export async function killKnown(known: KnownProcess): Promise<void> {
  if (await isAlive(known)) sendKill(known.group ? -known.pid : known.pid)
}

/** SIGKILL to a number, a negative one meaning a group; a missing process is no error. */
export function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // ESRCH: it has ended by itself.
  }
}

/**
 * Resolves when none of these processes runs any more: true, or false when `deadlineMs`
 * milliseconds have passed before.
 */
export async function untilGone(
  processes: readonly KnownProcess[],
  deadlineMs = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const started = performance.now()
  let pause = 1
  for (;;) {
    const alive = await Promise.all(processes.map(isAlive))
    if (!alive.includes(true)) return true
    if (performance.now() - started > deadlineMs) return false
    await wait(pause)
    pause = Math.min(pause * 2, 50)
  }
}
