import type { CentralStore } from '../central/central-store.ts'
import type { EventLog } from '../events/event-log.ts'
import { createTelling } from './telling.ts'
import type { Incidents } from './types.ts'

/** Incidents in the central database. */
export function createIncidents(store: CentralStore, log: EventLog): Incidents {
  const { sql } = store
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
    get: (id) => store.read(() => sql.incidentById().get({ id })),
    list: ({ open } = {}) =>
      store.read(() => {
        if (open === undefined) return sql.allIncidents().all()
        return open ? sql.openIncidents().all() : sql.resolvedIncidents().all()
      }),
    onOpened: (listener) => {
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}
