// Everything said here goes to standard error: standard output belongs to the program that is run.

/** A failure with a sentence for the person at the keyboard; no stack trace is shown for it. */
export class Failure extends Error {}

/**
 * @param {string} text one line
 */
export function say(text) {
  process.stderr.write(`nanoclaw: ${text}\n`)
}

/**
 * How long ago `since` (from `performance.now()`) was, such as `7 s`.
 * @param {number} since
 */
export function elapsed(since) {
  const seconds = (performance.now() - since) / 1000
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`
}

/**
 * Runs one long step and never leaves the reader in silence: a line at its start, one every
 * `tickMs`, one at its end.
 * @template T
 * @param {string} doing such as `building`
 * @param {() => Promise<T>} run
 * @param {{note?: string, tickMs?: number}} [options] `note` is said once, at the start
 * @returns {Promise<T>}
 */
export async function step(doing, run, { note = '', tickMs = 5000 } = {}) {
  const since = performance.now()
  say(`${doing}${note && ` (${note})`}…`)
  const tick = setInterval(() => say(`still ${doing} (${elapsed(since)})…`), tickMs)
  try {
    const result = await run()
    say(`${doing}: done in ${elapsed(since)}`)
    return result
  } finally {
    clearInterval(tick)
  }
}
