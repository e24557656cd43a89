import type { OpenDatabase } from '@nanoclaw/schema/database'
import { incidentEvents, incidents, sessions } from '@nanoclaw/schema/drizzle'
import { asc, eq, getTableColumns, gt, sql } from 'drizzle-orm'
import { incidentColumns } from '../incidents/incident-statements.ts'
import { limitOf } from '../statements/limit.ts'

/** The statements on what the central database knows of events. */
export function centralEventStatements(orm: OpenDatabase['orm']) {
  const after = sql.placeholder('after')
  // What a later step of the contract knows besides is passed over.
  const isKnown = sql`${incidentEvents.change} IN ('opened', 'again', 'resolved')`
  return {
    sessionsAfter: () =>
      orm
        .select({ sessionId: sessions.id, agentGroupId: sessions.agentGroupId })
        .from(sessions)
        .where(gt(sessions.lastEvent, after))
        .prepare(),
    incidentsAfter: () =>
      orm
        .select({ event: getTableColumns(incidentEvents), incident: incidentColumns })
        .from(incidentEvents)
        .innerJoin(incidents, eq(incidents.id, incidentEvents.incidentId))
        .where(sql`${incidentEvents.id} > ${after} AND ${isKnown}`)
        .orderBy(asc(incidentEvents.id))
        .limit(limitOf('limit'))
        .prepare(),
    putIncidentEvent: () =>
      orm
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
        .prepare(),
  }
}
