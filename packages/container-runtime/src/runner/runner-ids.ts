import type { Clock, Ids } from '@nanoclaw/schema'

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

/** At most 12 digits: `Math.random` gives 52 bits; the system seeds it when the process starts. */
function randomHex(digits: number): string {
  return hex(Math.floor(Math.random() * 16 ** digits), digits)
}

/**
 * Makes the ids of a runner: UUIDv7 (RFC 9562) with the clock's time, as everywhere. Nothing here is
 * secret: they tell rows of one session apart, so that loading `node:crypto`, which takes a start
 * 10 ms, would be for nothing.
 */
export function createRunnerIds(clock: Clock): Ids {
  return {
    next: (prefix) => {
      const time = hex(clock.now(), 12)
      const variant = hex(8 + Math.floor(Math.random() * 4), 1)
      return `${prefix}-${time.slice(0, 8)}-${time.slice(8)}-7${randomHex(3)}-${variant}${randomHex(3)}-${randomHex(12)}`
    },
  }
}
