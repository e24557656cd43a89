import type { OpenDatabase } from '@nanoclaw/schema/database'
import { incidents } from '@nanoclaw/schema/drizzle'
import { and, asc, desc, eq, getTableColumns, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import { limitOf, limitOne } from '../statements/limit.ts'

type Orm = OpenDatabase['orm']

const {
  toldAt: _toldAt,
  toldThrough: _toldThrough,
  tellAttempts: _tellAttempts,
  nextTellAt: _nextTellAt,
  ...columns
} = getTableColumns(incidents)

/** What an `Incident` is made of: all but what became of telling the operator. */
export const incidentColumns = columns

const id = eq(incidents.id, sql.placeholder('id'))
const isNamed = and(
  eq(incidents.kind, sql.placeholder('kind')),
  eq(incidents.subject, sql.placeholder('subject')),
)

function tellingStatements(orm: Orm) {
  const isUntold = and(isNull(incidents.resolvedAt), isNull(incidents.toldAt))
  const next = incidents.nextTellAt
  return {
    untold: () =>
      orm
        .select()
        .from(incidents)
        .where(
          and(
            isUntold,
            sql`(${next} IS NULL OR ${next} <= ${sql.placeholder('now')} OR (${incidents.tellAttempts} > 0 AND ${next} > ${sql.placeholder('latestTry')}) OR ${next} > ${sql.placeholder('latest')})`,
          ),
        )
        // The order of the index, which the planner would leave aside for any other.
        .orderBy(asc(next), asc(insertion))
        .limit(limitOf('limit'))
        .prepare(),
    countUntold: () =>
      orm
        .select({ count: sql<number>`count(*)` })
        .from(incidents)
        .where(isUntold)
        .prepare(),
    lastTold: () =>
      orm
        .selectDistinct({ toldAt: incidents.toldAt })
        .from(incidents)
        .where(isNotNull(incidents.toldAt))
        .orderBy(desc(incidents.toldAt))
        .limit(limitOf('limit'))
        .prepare(),
    lastToldOf: () =>
      orm
        .select({ toldAt: incidents.toldAt, nextTellAt: next })
        .from(incidents)
        // What a clock that was ahead has told says nothing.
        .where(and(isNamed, lte(incidents.toldAt, sql.placeholder('now'))))
        .orderBy(desc(incidents.toldAt))
        .limit(limitOne())
        .prepare(),
    setTold: () =>
      orm
        .update(incidents)
        .set({
          toldAt: sql`${sql.placeholder('toldAt')}`,
          toldThrough: sql`${sql.placeholder('toldThrough')}`,
          nextTellAt: sql`${sql.placeholder('nextTellAt')}`,
        })
        .where(id)
        .prepare(),
    tellLater: () =>
      orm
        .update(incidents)
        .set({
          nextTellAt: sql`${sql.placeholder('nextTellAt')}`,
          tellAttempts: sql`${incidents.tellAttempts} + 1`,
        })
        .where(id)
        .prepare(),
  }
}

/** The statements on incidents. */
export function incidentStatements(orm: Orm) {
  const listed = () => orm.select().from(incidents).orderBy(asc(insertion))
  return {
    ...tellingStatements(orm),
    openIncident: () =>
      orm
        .select(columns)
        .from(incidents)
        .where(and(isNamed, isNull(incidents.resolvedAt)))
        .prepare(),
    incidentById: () => orm.select().from(incidents).where(id).prepare(),
    allIncidents: () => listed().prepare(),
    // Sorted: in the order of the table, all that was ever resolved would be walked.
    openIncidents: () =>
      orm
        .select()
        .from(incidents)
        .where(isNull(incidents.resolvedAt))
        .orderBy(sql`+${insertion}`)
        .prepare(),
    resolvedIncidents: () => listed().where(isNotNull(incidents.resolvedAt)).prepare(),
    insertIncident: () =>
      orm
        .insert(incidents)
        .values({
          id: sql.placeholder('id'),
          kind: sql.placeholder('kind'),
          subject: sql.placeholder('subject'),
          sessionId: sql.placeholder('sessionId'),
          agentGroupId: sql.placeholder('agentGroupId'),
          message: sql.placeholder('message'),
          occurrences: sql.placeholder('occurrences'),
          openedAt: sql.placeholder('openedAt'),
          lastSeenAt: sql.placeholder('lastSeenAt'),
          resolvedAt: sql.placeholder('resolvedAt'),
          nextTellAt: sql.placeholder('nextTellAt'),
        })
        .prepare(),
    changeIncident: () =>
      orm
        .update(incidents)
        .set({
          message: sql`${sql.placeholder('message')}`,
          occurrences: sql`${sql.placeholder('occurrences')}`,
          lastSeenAt: sql`${sql.placeholder('lastSeenAt')}`,
          resolvedAt: sql`${sql.placeholder('resolvedAt')}`,
        })
        .where(id)
        .prepare(),
  }
}
