import { incidentEvents, meta, sessions } from '@nanoclaw/schema/drizzle'
import { eq, sql } from 'drizzle-orm'
import type { CentralOrm, WriteTools } from '../central/write-tools.ts'
import type { Incident } from '../incidents/types.ts'
import { anyStamp, type StampRange } from './stamps.ts'

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

/** Finds the stamp above which none has been given; 0 in a new home. */
export function findCeiling({ orm }: CentralOrm): () => number {
  const ceiling = orm
    .select({ value: meta.value })
    .from(meta)
    .where(eq(meta.key, ceilingKey))
    .prepare()
  return () => Number(ceiling.get()?.value ?? 0)
}

/** Writes what has become of an incident, under a stamp. */
export function writeIncidentEvent({
  orm,
}: CentralOrm): (stamp: number, told: IncidentChange) => void {
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
  return (id, told) => {
    const { id: incidentId, occurrences, message } = told.incident
    insert.run({ id, at: momentOf(told), incidentId, change: told.change, occurrences, message })
  }
}

/** What is written of the number line of events. */
export function eventWrites(tools: WriteTools) {
  const { orm } = tools
  const ceiling = findCeiling(tools)
  const setCeiling = orm
    .insert(meta)
    .values({ key: ceilingKey, value: sql.placeholder('value') })
    .onConflictDoUpdate({ target: meta.key, set: { value: sql`excluded.value` } })
    .prepare()
  const markOpen = orm
    .update(sessions)
    .set({ lastEvent: anyStamp })
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare()
  return {
    /** So many stamps that nobody has been given. */
    reserve(count: number): StampRange {
      const from = ceiling()
      setCeiling.run({ value: String(from + count) })
      return { from, ceiling: from + count }
    },
    /** The session may get events. Does nothing for one that there is not. */
    markOpen: (id: string): void => void markOpen.run({ id }),
  }
}
