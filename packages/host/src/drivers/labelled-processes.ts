import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { type KnownProcess, processIdentity } from './process-identity.ts'
import { readProc } from './read-proc.ts'

const variable = 'NANOCLAW_CONTAINER_OF'
const pidForm = /^\d+$/
/** Processes that are read at once: each takes a file descriptor. */
const atOnce = 32

/**
 * The environment of a program that makes a container: nothing but a label of the run folder it
 * belongs to, by which it is found when its daemon was killed before it could be recorded. A hash,
 * because the first process in a sandbox shows its environment to the others there.
 */
export function labelEnvironment(runFolder: string): Record<string, string> {
  const label = createHash('sha256').update(runFolder).digest('hex').slice(0, 32)
  return { [variable]: label }
}

/**
 * Processes with the label of a run folder that this user may see, and that neither are, nor come
 * from, this process or one of `recorded`. None where there is no `/proc`.
 */
export async function findUnrecorded(
  runFolder: string,
  recorded: ReadonlySet<number>,
): Promise<readonly KnownProcess[]> {
  const [[name, label] = ['', '']] = Object.entries(labelEnvironment(runFolder))
  const pids = (await readdir('/proc').catch(() => [])).filter((pid) => pidForm.test(pid))
  const owners = new Set([process.pid, ...recorded])
  const found: KnownProcess[] = []
  for (let from = 0; from < pids.length; from += atOnce) {
    const some = pids.slice(from, from + atOnce).map(async (text) => {
      const pid = Number(text)
      // Taken first: if the number is another's by the time of the kill, it is left alone.
      const identity = await processIdentity(pid)
      const environ = await readProc(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      const isLabelled = environ.split('\0').includes(`${name}=${label}`)
      if (identity === null || !isLabelled || (await comesFrom(pid, owners))) return
      found.push({ pid, identity, group: false })
    })
    await Promise.all(some)
  }
  return found
}

/** Whether one of these is the process or above it. */
async function comesFrom(pid: number, owners: ReadonlySet<number>): Promise<boolean> {
  for (let at = pid; at > 1; at = await parentOf(at)) {
    if (owners.has(at)) return true
  }
  return false
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readProc(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The command's name may hold spaces and brackets; the state and the parent follow it.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0)
}
