import { timestamp } from '@nanoclaw/schema'
import { incidents } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import type { CentralStore } from '../central/central-store.ts'
import type { EventLog } from '../events/event-log.ts'
import { incidentColumns } from './columns.ts'
import { createGaps } from './gaps.ts'
import { createTelling } from './telling.ts'
import type { Incident, Incidents, NewIncident } from './types.ts'

function begun(given: NewIncident, id: string, now: string): Incident {
  const { kind, subject, message, sessionId = null, agentGroupId = null } = given
  const times = { occurrences: 1, openedAt: now, lastSeenAt: now, resolvedAt: null }
  return { id, kind, subject, sessionId, agentGroupId, message, ...times }
}

/** Incidents in the central database. */
export function createIncidents(store: CentralStore, log: EventLog): Incidents {
  const { orm, clock, ids } = store
  const gaps = createGaps(store)
  const listeners = new Set<() => void>()
  const findOpen = orm
    .select(incidentColumns)
    .from(incidents)
    .where(
      and(
        eq(incidents.kind, sql.placeholder('kind')),
        eq(incidents.subject, sql.placeholder('subject')),
        isNull(incidents.resolvedAt),
      ),
    )
    .prepare()
  const change = (incident: Incident): Incident => {
    orm.update(incidents).set(incident).where(eq(incidents.id, incident.id)).run()
    return incident
  }
  return {
    ...createTelling(store),
    open: async (given) => {
      const { kind, subject, message } = given
      const opened = await log.writeIncident((tell) => {
        const now = timestamp(clock)
        const known: Incident | undefined = findOpen.get({ kind, subject })
        if (known !== undefined) {
          const occurrences = known.occurrences + 1
          const incident = change({ ...known, message, occurrences, lastSeenAt: now })
          tell({ change: 'again', incident })
          return { incident, isNew: false }
        }
        const incident = begun(given, ids.next('inc'), now)
        const nextTellAt = gaps.nextTellAt(kind, subject, Date.parse(now))
        orm
          .insert(incidents)
          .values({ ...incident, nextTellAt })
          .run()
        tell({ change: 'opened', incident })
        return { incident, isNew: true }
      })
      if (opened.isNew) for (const listener of [...listeners]) listener()
      return opened
    },
    resolve: (kind, subject) =>
      log.writeIncident((tell) => {
        const known: Incident | undefined = findOpen.get({ kind, subject })
        if (known === undefined) return false
        const incident = change({ ...known, resolvedAt: timestamp(clock) })
        tell({ change: 'resolved', incident })
        return true
      }),
    get: (id) => store.read(() => orm.select().from(incidents).where(eq(incidents.id, id)).get()),
    list: ({ open } = {}) =>
      store.read(() =>
        orm
          .select()
          .from(incidents)
          .where(
            open === undefined
              ? undefined
              : open
                ? isNull(incidents.resolvedAt)
                : isNotNull(incidents.resolvedAt),
          )
          .orderBy(asc(insertion))
          .all(),
      ),
    onOpened: (listener) => {
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}
