import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const PREFIX = 'lock.'

/**
 * Runs `work` while no other process that asks for the same folder's lock runs its own.
 *
 * Every contender has a file of its own, named after its pid and the time that pid was started;
 * a file of a dead process may therefore be removed by anybody at any time. A contender writes its
 * file first and looks around afterwards: of two that overlap, at least one sees the other, and
 * whoever sees another takes its own file back and tries again later.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @param {{onWait?: (pid: number) => void}} [options] `onWait` is called once, if there is a wait
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, { onWait = () => {} } = {}) {
  mkdirSync(folder, { recursive: true })
  const own = `${PREFIX}${process.pid}-${startTime(process.pid) ?? 0}`
  let told = false
  for (;;) {
    let other = liveOwner(folder, own)
    if (other === undefined) {
      writeFileSync(join(folder, own), '')
      other = liveOwner(folder, own)
      if (other === undefined) break
      rmSync(join(folder, own), { force: true })
    }
    if (!told) onWait(other)
    told = true
    await wait(50 + Math.random() * 200)
  }
  try {
    return await work()
  } finally {
    rmSync(join(folder, own), { force: true })
  }
}

/**
 * The pid of a living process, other than this one, that holds the lock; stale files are removed.
 * @param {string} folder
 * @param {string} own
 */
function liveOwner(folder, own) {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(PREFIX) || name === own) continue
    const [pid = 0, started = 0] = name.slice(PREFIX.length).split('-').map(Number)
    if (isAlive(pid) && (startTime(pid) ?? started) === started) return pid
    rmSync(join(folder, name), { force: true })
  }
  return undefined
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * When the process was started, in ticks since boot, so that a pid used again is told apart;
 * undefined where there is no /proc.
 * @param {number} pid
 */
function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return undefined
  }
}
