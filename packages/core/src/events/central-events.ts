import { incidentEvents, incidents, sessions } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, getTableColumns, gt, inArray, sql } from 'drizzle-orm'
import { oneOf } from '../central/narrow.ts'
import type { CentralOrm } from '../central/write-tools.ts'
import { incidentColumns } from '../incidents/columns.ts'
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

/** What a later step of the contract knows besides is passed over. */
const isKnown = inArray(incidentEvents.change, [...incidentChanges])

function eventMaker({ toCursor }: Cursors) {
  return (stamp: number, at: string, { change, incident }: IncidentChange): StampedEvent => {
    const { sessionId, agentGroupId } = incident
    const where = { cursor: toCursor(stamp), at, sessionId, agentGroupId }
    const event: IncidentEvent = { type: 'incident', ...where, change, incident }
    return { stamp, event }
  }
}

/** What the central database knows of events. */
export function centralEventStatements(central: CentralOrm, cursors: Cursors) {
  const { orm } = central
  const toEvent = eventMaker(cursors)
  const lastEvent = orm
    .select({ lastEvent: sessions.lastEvent })
    .from(sessions)
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare()
  const sessionsAfter = orm
    .select({ sessionId: sessions.id, agentGroupId: sessions.agentGroupId })
    .from(sessions)
    .where(gt(sessions.lastEvent, sql.placeholder('after')))
    .prepare()
  const incidentsAfter = orm
    .select({ event: getTableColumns(incidentEvents), incident: incidentColumns })
    .from(incidentEvents)
    .innerJoin(incidents, eq(incidents.id, incidentEvents.incidentId))
    .where(and(gt(incidentEvents.id, sql.placeholder('after')), isKnown))
    .orderBy(asc(incidentEvents.id))
    .limit(sql.placeholder('limit'))
    .prepare()
  return {
    ceiling: findCeiling(central),
    /** Whether the session may get events. False for one that there is not. */
    isOpen: (id: string): boolean => lastEvent.get({ id })?.lastEvent === anyStamp,
    /** By index. */
    sessionsAfter: (after: number): SessionWithEvents[] => sessionsAfter.all({ after }),
    toEvent: (stamp: number, told: IncidentChange): StampedEvent =>
      toEvent(stamp, momentOf(told), told),
    /** In order. */
    incidentsAfter: (after: number, limit: number): StampedEvent[] =>
      incidentsAfter.all({ after, limit }).map(({ event, incident }) => {
        const { id, at, occurrences, message } = event
        const change = oneOf(incidentChanges, event.change, 'incident_events.change')
        const resolvedAt = change === 'resolved' ? incident.resolvedAt : null
        const lastSeenAt = change === 'resolved' ? incident.lastSeenAt : at
        const then: Incident = { ...incident, occurrences, message, lastSeenAt, resolvedAt }
        return toEvent(id, at, { change, incident: then })
      }),
  }
}

/** What {@link centralEventStatements} gives. */
export type CentralEventStatements = ReturnType<typeof centralEventStatements>
