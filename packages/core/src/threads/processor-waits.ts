import { openSync, readSync } from 'node:fs'

const nanosecondsPerMs = 1_000_000

/** What the system counts of the thread that opens it; Linux alone does. */
function openCount(): number | undefined {
  try {
    return openSync('/proc/thread-self/schedstat', 'r')
  } catch {
    return undefined
  }
}

/**
 * Tells how long this thread has waited for a processor since it was asked last, in milliseconds; 0
 * where the system does not say. The first number there is what it ran, the second what it waited.
 */
export function createProcessorWaits(): () => number {
  const file = openCount()
  if (file === undefined) return () => 0
  const bytes = Buffer.alloc(64)
  const read = () => {
    const text = bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0))
    return Number(text.split(' ')[1]) / nanosecondsPerMs
  }
  let before = read()
  return () => {
    const now = read()
    const waited = now - before
    before = now
    return waited
  }
}
