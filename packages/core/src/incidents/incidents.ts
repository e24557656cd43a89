import { incidents } from '@nanoclaw/schema/drizzle'
import { asc, eq, isNotNull, isNull } from 'drizzle-orm'
import type { CentralStore } from '../central/central-store.ts'
import { insertion } from '../central/insertion-order.ts'
import type { EventLog } from '../events/event-log.ts'
import { createTelling } from './telling.ts'
import type { Incidents } from './types.ts'

/** Incidents in the central database. */
export function createIncidents(store: CentralStore, log: EventLog): Incidents {
  const { orm } = store
  const listeners = new Set<() => void>()
  return {
    ...createTelling(store),
    open: async (given) => {
      const opened = await log.writeIncident((stamp) =>
        store.tryWrite('incidents', 'open', given, stamp),
      )
      if (opened.isNew) for (const listener of [...listeners]) listener()
      return opened
    },
    resolve: (kind, subject) =>
      log.writeIncident((stamp) => store.tryWrite('incidents', 'resolve', kind, subject, stamp)),
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
