import type { CentralSql } from '../central/write-tools.ts'
import type { Incident } from '../incidents/types.ts'
import type { StampRange } from './stamps.ts'

const ceilingKey = 'event_ceiling'

/** What may become of an incident. */
export const incidentChanges = ['opened', 'again', 'resolved'] as const

/** What has become of an incident. */
export interface IncidentChange {
  readonly change: (typeof incidentChanges)[number]
  readonly incident: Incident
}

/** What a write gives, and what it has told of. */
export interface ToldWrite<T> {
  readonly value: T
  readonly told: IncidentChange | undefined
}

/** When it did, ISO-8601 UTC. */
export function momentOf({ incident }: IncidentChange): string {
  return incident.resolvedAt ?? incident.lastSeenAt
}

/** The stamp above which none has been given; 0 in a new home. */
export function findCeiling({ sql }: CentralSql): number {
  return Number(sql.meta().get({ key: ceilingKey })?.value ?? 0)
}

/** Writes what has become of an incident, under a stamp. */
export function writeIncidentEvent({ sql }: CentralSql, id: number, told: IncidentChange): void {
  const { id: incidentId, occurrences, message } = told.incident
  const { change } = told
  const at = momentOf(told)
  sql.putIncidentEvent().run({ id, at, incidentId, change, occurrences, message })
}

/** What is written of the number line of events. */
export function eventWrites(tools: CentralSql) {
  const { sql } = tools
  return {
    /** So many stamps that nobody has been given. */
    reserve(count: number): StampRange {
      const from = findCeiling(tools)
      sql.setMeta().run({ key: ceilingKey, value: String(from + count) })
      return { from, ceiling: from + count }
    },
    /** The session may get events. Does nothing for one that there is not. */
    markOpen: (id: string): void => void sql.markOpen().run({ id }),
  }
}
