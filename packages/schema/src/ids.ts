import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'
import type { Clock } from './time.ts'

/** What an id names; the part before its first hyphen. */
export type IdPrefix =
  'ag' | 'appr' | 'held' | 'in' | 'inc' | 'inst' | 'mg' | 'out' | 'per' | 'sess' | 'turn' | 'wire'

/** Makes ids; injected, so that tests can foresee them. */
export interface Ids {
  /** A new id, which no other has: the prefix, a hyphen, and what tells it apart. */
  next(prefix: IdPrefix): string
}

/** Session protocol §2: any id that crosses the boundary has this form. */
export const idPattern = /^[a-z]{2,5}-[0-9a-z-]{8,40}$/

/** Whether a text is an id by {@link idPattern}. */
export function isId(text: string): boolean {
  return idPattern.test(text)
}

const randomBytes = 16
const drawnAtOnce = 256

/** Random bytes for one id at a time, drawn from the system for many: one draw costs 25 µs here. */
function createRandom(): () => Uint8Array {
  const pool = new Uint8Array(randomBytes * drawnAtOnce)
  let at = pool.length
  return () => {
    if (at === pool.length) {
      randomFillSync(pool)
      at = 0
    }
    at += randomBytes
    return pool.slice(at - randomBytes, at)
  }
}

/** Ids of a prefix and a UUIDv7 (RFC 9562) with the clock's time: later ones sort after earlier. */
export function createIds(clock: Clock): Ids {
  const random = createRandom()
  return { next: (prefix) => `${prefix}-${v7({ msecs: clock.now(), random: random() })}` }
}
