import { timestamp } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { longestGapMs } from './gaps.ts'
import type { Incidents } from './types.ts'

/** No try is put off for longer, in milliseconds: 20 minutes and their jitter. */
const longestTryMs = 20 * 60_000 * 1.2

/** What of incidents the operator has been told, and what is still to be told. */
export function createTelling({
  sql,
  read,
  write,
}: CentralStore): Pick<Incidents, 'untold' | 'countUntold' | 'lastTold' | 'told' | 'tellLater'> {
  return {
    untold: (now, limit) =>
      read(() => {
        const from = { now: () => Date.parse(now) }
        const latestTry = timestamp(from, longestTryMs)
        return sql.untold().all({ now, latestTry, latest: timestamp(from, longestGapMs), limit })
      }),
    countUntold: () => read(() => sql.countUntold().get()?.count ?? 0),
    lastTold: (limit) =>
      read(() =>
        sql
          .lastTold()
          .all({ limit })
          .flatMap(({ toldAt }) => toldAt ?? []),
      ),
    told: (ids, toldThrough) => write('incidents', 'told', ids, toldThrough),
    tellLater: (ids, at) => write('incidents', 'tellLater', ids, at),
  }
}
