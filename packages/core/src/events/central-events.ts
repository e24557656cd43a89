import { incidentEvents, incidents, meta, sessions } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, getTableColumns, gt, inArray, sql } from 'drizzle-orm'
import type { CentralStore } from '../central/central-store.ts'
import { oneOf } from '../central/narrow.ts'
import { incidentColumns } from '../incidents/columns.ts'
import type { Incident } from '../incidents/types.ts'
import type { Cursors } from './cursor.ts'
import type { IncidentEvent, StampedEvent } from './types.ts'

const ceilingKey = 'event_ceiling'

/** `sessions.last_event` of a session that may get events at any time: above every stamp. */
export const anyStamp = Number.MAX_SAFE_INTEGER

const changes = ['opened', 'again', 'resolved'] as const

/** What has become of an incident. */
export interface IncidentChange {
  readonly change: (typeof changes)[number]
  readonly incident: Incident
}

/** A session with events above a stamp, perhaps. */
export interface SessionWithEvents {
  readonly sessionId: string
  readonly agentGroupId: string
}

/** What a later step of the contract knows besides is passed over. */
const isKnown = inArray(incidentEvents.change, [...changes])

function eventMaker({ toCursor }: Cursors) {
  return (stamp: number, at: string, { change, incident }: IncidentChange): StampedEvent => {
    const { sessionId, agentGroupId } = incident
    const where = { cursor: toCursor(stamp), at, sessionId, agentGroupId }
    const event: IncidentEvent = { type: 'incident', ...where, change, incident }
    return { stamp, event }
  }
}

/** The statements on what the central database knows of events. */
export function centralEventStatements({ orm }: CentralStore, cursors: Cursors) {
  const toEvent = eventMaker(cursors)
  const ceiling = orm
    .select({ value: meta.value })
    .from(meta)
    .where(eq(meta.key, ceilingKey))
    .prepare()
  const setCeiling = orm
    .insert(meta)
    .values({ key: ceilingKey, value: sql.placeholder('value') })
    .onConflictDoUpdate({ target: meta.key, set: { value: sql`excluded.value` } })
    .prepare()
  const ofSession = eq(sessions.id, sql.placeholder('id'))
  const lastEvent = orm
    .select({ lastEvent: sessions.lastEvent })
    .from(sessions)
    .where(ofSession)
    .prepare()
  const markOpen = orm.update(sessions).set({ lastEvent: anyStamp }).where(ofSession).prepare()
  const sessionsAfter = orm
    .select({ sessionId: sessions.id, agentGroupId: sessions.agentGroupId })
    .from(sessions)
    .where(gt(sessions.lastEvent, sql.placeholder('after')))
    .prepare()
  const insert = orm
    .insert(incidentEvents)
    .values({
      id: sql.placeholder('id'),
      at: sql.placeholder('at'),
      incidentId: sql.placeholder('incidentId'),
      change: sql.placeholder('change'),
      occurrences: sql.placeholder('occurrences'),
      message: sql.placeholder('message'),
    })
    .onConflictDoUpdate({
      target: [incidentEvents.incidentId, incidentEvents.change],
      set: {
        id: sql`excluded.id`,
        at: sql`excluded.at`,
        occurrences: sql`excluded.occurrences`,
        message: sql`excluded.message`,
      },
    })
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
    /** Stamps above it have not been given; 0 in a new home. */
    ceiling: (): number => Number(ceiling.get()?.value ?? 0),
    setCeiling: (value: number): void => void setCeiling.run({ value: String(value) }),
    /** Whether the session may get events. False for one that there is not. */
    isOpen: (id: string): boolean => lastEvent.get({ id })?.lastEvent === anyStamp,
    /** Does nothing for a session that there is not. */
    markOpen: (id: string): void => void markOpen.run({ id }),
    /** By index. */
    sessionsAfter: (after: number): SessionWithEvents[] => sessionsAfter.all({ after }),
    insert(stamp: number, told: IncidentChange): StampedEvent {
      const { change, incident } = told
      const { id: incidentId, occurrences, message } = incident
      const at = incident.resolvedAt ?? incident.lastSeenAt
      insert.run({ id: stamp, at, incidentId, change, occurrences, message })
      return toEvent(stamp, at, told)
    },
    /** In order. */
    incidentsAfter: (after: number, limit: number): StampedEvent[] =>
      incidentsAfter.all({ after, limit }).map(({ event, incident }) => {
        const { id, at, occurrences, message } = event
        const change = oneOf(changes, event.change, 'incident_events.change')
        const resolvedAt = change === 'resolved' ? incident.resolvedAt : null
        const lastSeenAt = change === 'resolved' ? incident.lastSeenAt : at
        const then: Incident = { ...incident, occurrences, message, lastSeenAt, resolvedAt }
        return toEvent(id, at, { change, incident: then })
      }),
  }
}

/** What {@link centralEventStatements} gives. */
export type CentralEventStatements = ReturnType<typeof centralEventStatements>
