import { timestamp } from '@nanoclaw/schema'
import { incidents } from '@nanoclaw/schema/drizzle'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { WriteTools } from '../central/write-tools.ts'
import { writeIncidentEvent, type IncidentChange, type ToldWrite } from '../events/event-writes.ts'
import { incidentColumns } from './columns.ts'
import { createGaps } from './gaps.ts'
import type { Incident, NewIncident } from './types.ts'

/** An incident, and whether it has just begun. */
export interface OpenedIncident {
  readonly incident: Incident
  readonly isNew: boolean
}

function begun(given: NewIncident, id: string, now: string): Incident {
  const { kind, subject, message, sessionId = null, agentGroupId = null } = given
  const times = { occurrences: 1, openedAt: now, lastSeenAt: now, resolvedAt: null }
  return { id, kind, subject, sessionId, agentGroupId, message, ...times }
}

function tellingWrites({ orm, clock }: WriteTools) {
  const gaps = createGaps({ orm })
  return {
    told(those: readonly string[], toldThrough: string): void {
      const now = clock.now()
      const toldAt = timestamp({ now: () => now })
      for (const id of those) {
        const nextTellAt = gaps.afterTelling(id, now)
        const told = { toldAt, toldThrough, nextTellAt }
        orm.update(incidents).set(told).where(eq(incidents.id, id)).run()
      }
    },
    tellLater(those: readonly string[], nextTellAt: string): void {
      const tellAttempts = sql`${incidents.tellAttempts} + 1`
      orm
        .update(incidents)
        .set({ nextTellAt, tellAttempts })
        .where(inArray(incidents.id, [...those]))
        .run()
    },
  }
}

/** What is written of incidents. A change is told of under the stamp that is given. */
export function incidentWrites(tools: WriteTools) {
  const { orm, clock, ids } = tools
  const gaps = createGaps(tools)
  const tell = writeIncidentEvent(tools)
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
  const told = <T>(value: T, stamp: number, change: IncidentChange): ToldWrite<T> => {
    tell(stamp, change)
    return { value, told: change }
  }
  const change = (incident: Incident): void =>
    void orm.update(incidents).set(incident).where(eq(incidents.id, incident.id)).run()
  return {
    ...tellingWrites(tools),
    open(given: NewIncident, stamp: number): ToldWrite<OpenedIncident> {
      const { kind, subject, message } = given
      const now = timestamp(clock)
      const known: Incident | undefined = findOpen.get({ kind, subject })
      if (known !== undefined) {
        const occurrences = known.occurrences + 1
        const incident = { ...known, message, occurrences, lastSeenAt: now }
        change(incident)
        return told({ incident, isNew: false }, stamp, { change: 'again', incident })
      }
      const incident = begun(given, ids.next('inc'), now)
      const nextTellAt = gaps.nextTellAt(kind, subject, Date.parse(now))
      orm
        .insert(incidents)
        .values({ ...incident, nextTellAt })
        .run()
      return told({ incident, isNew: true }, stamp, { change: 'opened', incident })
    },
    /** Whether one was open. */
    resolve(kind: string, subject: string, stamp: number): ToldWrite<boolean> {
      const known: Incident | undefined = findOpen.get({ kind, subject })
      if (known === undefined) return { value: false, told: undefined }
      const incident = { ...known, resolvedAt: timestamp(clock) }
      change(incident)
      return told(true, stamp, { change: 'resolved', incident })
    },
  }
}
