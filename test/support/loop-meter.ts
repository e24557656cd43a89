import { readFileSync } from 'node:fs'

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
