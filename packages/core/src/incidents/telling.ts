import { timestamp } from '@nanoclaw/schema'
import { incidents } from '@nanoclaw/schema/drizzle'
import { and, asc, count, desc, gt, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import type { CentralStore } from '../central/central-store.ts'
import { longestGapMs } from './gaps.ts'
import type { Incidents } from './types.ts'

/** No try is put off for longer, in milliseconds: 20 minutes and their jitter. */
const longestTryMs = 20 * 60_000 * 1.2

/** What of incidents the operator has been told, and what is still to be told. */
export function createTelling({
  orm,
  read,
  write,
}: CentralStore): Pick<Incidents, 'untold' | 'countUntold' | 'lastTold' | 'told' | 'tellLater'> {
  const isUntold = and(isNull(incidents.resolvedAt), isNull(incidents.toldAt))
  const untold = orm
    .select()
    .from(incidents)
    .where(
      and(
        isUntold,
        or(
          isNull(incidents.nextTellAt),
          lte(incidents.nextTellAt, sql.placeholder('now')),
          and(
            gt(incidents.tellAttempts, 0),
            gt(incidents.nextTellAt, sql.placeholder('latestTry')),
          ),
          gt(incidents.nextTellAt, sql.placeholder('latest')),
        ),
      ),
    )
    // The order of the index, which the planner would leave aside for any other.
    .orderBy(asc(incidents.nextTellAt), asc(insertion))
    .limit(sql.placeholder('limit'))
    .prepare()
  const countUntold = orm.select({ count: count() }).from(incidents).where(isUntold).prepare()
  const lastTold = orm
    .selectDistinct({ toldAt: incidents.toldAt })
    .from(incidents)
    .where(isNotNull(incidents.toldAt))
    .orderBy(desc(incidents.toldAt))
    .limit(sql.placeholder('limit'))
    .prepare()
  return {
    untold: (now, limit) =>
      read(() => {
        const from = { now: () => Date.parse(now) }
        const latestTry = timestamp(from, longestTryMs)
        return untold.all({ now, latestTry, latest: timestamp(from, longestGapMs), limit })
      }),
    countUntold: () => read(() => countUntold.get()?.count ?? 0),
    lastTold: (limit) => read(() => lastTold.all({ limit }).flatMap(({ toldAt }) => toldAt ?? [])),
    told: (ids, toldThrough) => write('incidents', 'told', ids, toldThrough),
    tellLater: (ids, at) => write('incidents', 'tellLater', ids, at),
  }
}
