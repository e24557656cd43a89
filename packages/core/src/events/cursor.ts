import { NanoclawError } from '@nanoclaw/schema'

// As many digits as the largest safe integer has.
const digits = 16

/** A stamp as callers see it: of one width, so that string order is the order of events. */
export function toCursor(stamp: number): string {
  return String(stamp).padStart(digits, '0')
}

/**
 * The stamp after which to go on. Throws `bad-option` for what is no cursor, and for one above
 * `last`: it is of another home, or this home has been restored from a copy. One of another home
 * that this one has got past looks like its own.
 */
export function fromCursor(cursor: string, last: number): number {
  if (cursor === 'beginning') return 0
  const stamp = /^\d{16}$/.test(cursor) ? Number(cursor) : Number.NaN
  if (stamp <= last) return stamp
  throw new NanoclawError(
    'bad-option',
    `expected the cursor of an event of this home, or 'beginning', got ${JSON.stringify(cursor)}; ` +
      'a cursor of another home, or from before a copy was restored, leads nowhere',
  )
}
