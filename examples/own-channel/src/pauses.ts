import { setTimeout as pause } from 'node:timers/promises'

const firstMs = 250
const longestMs = 30_000
const longestAskedMs = 10 * 60_000

/** Grows with every failure and differs by chance; longer where Pigeon asks. Ends with the signal. */
export async function pauseAfter(
  failures: number,
  signal: AbortSignal,
  askedMs = 0,
): Promise<void> {
  const mostMs = Math.min(longestMs, firstMs * 2 ** failures)
  const ms = Math.max(mostMs * (0.5 + Math.random() / 2), Math.min(askedMs, longestAskedMs))
  await pause(ms, undefined, { signal }).catch(() => undefined)
}
