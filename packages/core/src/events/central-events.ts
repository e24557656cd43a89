import { oneOf } from '../central/narrow.ts'
import type { CentralSql } from '../central/write-tools.ts'
import type { Incident } from '../incidents/types.ts'
import type { Cursors } from './cursor.ts'
import { findCeiling, incidentChanges, momentOf, type IncidentChange } from './event-writes.ts'
import { anyStamp } from './stamps.ts'
import type { IncidentEvent, StampedEvent } from './types.ts'

/** A session with events above a stamp, perhaps. */
export interface SessionWithEvents {
  readonly sessionId: string
  readonly agentGroupId: string
}

function eventMaker({ toCursor }: Cursors) {
  return (stamp: number, at: string, { change, incident }: IncidentChange): StampedEvent => {
    const { sessionId, agentGroupId } = incident
    const where = { cursor: toCursor(stamp), at, sessionId, agentGroupId }
    const event: IncidentEvent = { type: 'incident', ...where, change, incident }
    return { stamp, event }
  }
}

/** What the central database knows of events. */
export function centralEvents(central: CentralSql, cursors: Cursors) {
  const { sql } = central
  const toEvent = eventMaker(cursors)
  return {
    ceiling: (): number => findCeiling(central),
    /** Whether the session may get events. False for one that there is not. */
    isOpen: (id: string): boolean => sql.lastEvent().get({ id })?.lastEvent === anyStamp,
    /** By index. */
    sessionsAfter: (after: number): SessionWithEvents[] => sql.sessionsAfter().all({ after }),
    toEvent: (stamp: number, told: IncidentChange): StampedEvent =>
      toEvent(stamp, momentOf(told), told),
    /** In order. */
    incidentsAfter: (after: number, limit: number): StampedEvent[] =>
      sql
        .incidentsAfter()
        .all({ after, limit })
        .map(({ event, incident }) => {
          const { id, at, occurrences, message } = event
          const change = oneOf(incidentChanges, event.change, 'incident_events.change')
          const resolvedAt = change === 'resolved' ? incident.resolvedAt : null
          const lastSeenAt = change === 'resolved' ? incident.lastSeenAt : at
          const then: Incident = { ...incident, occurrences, message, lastSeenAt, resolvedAt }
          return toEvent(id, at, { change, incident: then })
        }),
  }
}

/** What {@link centralEvents} gives. */
export type CentralEvents = ReturnType<typeof centralEvents>
