import { timestamp } from '@nanoclaw/schema/plain'
import type { CentralSql } from '../central/write-tools.ts'

/** Nothing that was told puts off a recurrence for longer, in milliseconds. */
export const longestGapMs = 86_400_000
/** After it was told, a new one of the kind and subject is put off at least for so long. */
const shortestGapMs = 600_000

/**
 * How recurrences of one kind and subject are put off, so that what comes and goes is no flood: told
 * at most after 10 minutes, then after twice as long each time, up to a day. It is forgotten when
 * nothing came for a day after it could have been told again. What was told says itself, in
 * `next_tell_at`, until when the next one waits.
 */
export function createGaps({ sql }: CentralSql): {
  /** When a new one of these is told, ISO-8601 UTC; null: at once. */
  nextTellAt(kind: string, subject: string, now: number): string | null
  /** Until when the next one waits if this one is told now, ISO-8601 UTC. */
  afterTelling(id: string, now: number): string
} {
  const last = (kind: string, subject: string, now: number) => {
    const found = sql.lastToldOf().get({ kind, subject, now: timestamp({ now: () => now }) })
    return {
      toldAt: Date.parse(found?.toldAt ?? ''),
      nextTellAt: Date.parse(found?.nextTellAt ?? ''),
    }
  }
  return {
    nextTellAt: (kind, subject, now) => {
      const { nextTellAt } = last(kind, subject, now)
      return nextTellAt > now ? timestamp({ now: () => nextTellAt }) : null
    },
    afterTelling: (id, now) => {
      const name = sql.incidentById().get({ id })
      const { toldAt, nextTellAt } = last(name?.kind ?? '', name?.subject ?? '', now)
      const isRemembered = now < nextTellAt + longestGapMs
      const doubledMs = Math.min(longestGapMs, 2 * (nextTellAt - toldAt))
      return timestamp({ now: () => now }, isRemembered ? doubledMs : shortestGapMs)
    },
  }
}
