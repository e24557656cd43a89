import { createHash } from 'node:crypto'
import { NanoclawError } from '@nanoclaw/schema'

/** Stamps of one home as callers see them. */
export interface Cursors {
  /** Of one width, so that string order is the order of events. */
  toCursor(stamp: number): string
  /**
   * The stamp after which to go on. Throws `bad-option` for what is no cursor of this home, and for
   * one above `last`: this home has been restored from a copy.
   */
  fromCursor(cursor: string, last: number): number
}

// As many digits as the largest safe integer has.
const digits = 16
const homeCharacters = 8

/** Cursors that tell of which home they are, by its install id. */
export function createCursors(installId: string): Cursors {
  // A digest: what ids of a caller's own making end in need not tell homes apart.
  const home = createHash('sha256').update(installId).digest('hex').slice(0, homeCharacters)
  const pattern = new RegExp(`^${home}-(\\d{${digits}})$`)
  return {
    toCursor: (stamp) => `${home}-${String(stamp).padStart(digits, '0')}`,
    fromCursor(cursor, last) {
      if (cursor === 'beginning') return 0
      const stamp = Number(pattern.exec(cursor)?.[1] ?? Number.NaN)
      if (stamp <= last) return stamp
      throw new NanoclawError(
        'bad-option',
        `expected the cursor of an event of this home, or 'beginning', got ${JSON.stringify(cursor)}; ` +
          'a cursor of another home, or from before a copy was restored, leads nowhere',
      )
    },
  }
}
