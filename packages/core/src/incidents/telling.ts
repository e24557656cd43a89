import { timestamp } from '@nanoclaw/schema'
import { incidents } from '@nanoclaw/schema/drizzle'
import { and, asc, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import type { CentralStore } from '../central/central-store.ts'
import type { Incidents } from './types.ts'

/** No try is put off for longer, in milliseconds. */
const longestMs = 3_600_000

/** What of incidents the operator has been told, and what is still to be told. */
export function createTelling({
  orm,
  clock,
  read,
  write,
}: CentralStore): Pick<Incidents, 'untold' | 'told' | 'tellLater'> {
  const untold = orm
    .select()
    .from(incidents)
    .where(
      and(
        isNull(incidents.resolvedAt),
        isNull(incidents.toldAt),
        or(
          isNull(incidents.nextTellAt),
          lte(incidents.nextTellAt, sql.placeholder('now')),
          gt(incidents.nextTellAt, sql.placeholder('latest')),
        ),
      ),
    )
    // The order of the index, which the planner would leave aside for any other.
    .orderBy(asc(incidents.nextTellAt), asc(insertion))
    .limit(sql.placeholder('limit'))
    .prepare()
  return {
    untold: (now, limit) =>
      read(() => {
        const latest = timestamp({ now: () => Date.parse(now) }, longestMs)
        return untold.all({ now, latest, limit })
      }),
    told: (ids, toldThrough) =>
      write('full', () => {
        const told = { toldAt: timestamp(clock), toldThrough, nextTellAt: null }
        orm
          .update(incidents)
          .set(told)
          .where(inArray(incidents.id, [...ids]))
          .run()
      }),
    tellLater: (ids, nextTellAt) =>
      write('normal', () => {
        const tellAttempts = sql`${incidents.tellAttempts} + 1`
        orm
          .update(incidents)
          .set({ nextTellAt, tellAttempts })
          .where(inArray(incidents.id, [...ids]))
          .run()
      }),
  }
}
