import type { OpenDatabase } from '@nanoclaw/schema/database'
import { delivered, deliveredParts } from '@nanoclaw/schema/drizzle'
import { and, asc, desc, eq, getTableColumns, sql, type SQL } from 'drizzle-orm'
import { lazy } from '../mailbox/lazy.ts'
import { limitOf } from '../statements/limit.ts'

type Orm = OpenDatabase['orm']

const id = sql.placeholder('id')
const status = sql.placeholder('status')
const limit = limitOf('limit')
const set = (name: string) => sql`${sql.placeholder(name)}`

function rowStatements(orm: Orm) {
  return {
    delivery: lazy(() =>
      orm.select().from(delivered).where(eq(delivered.messageOutId, id)).prepare(),
    ),
    insertDelivery: lazy(() =>
      orm
        .insert(delivered)
        .values({
          messageOutId: id,
          status,
          seq: sql.placeholder('seq'),
          kind: sql.placeholder('kind'),
          channelType: sql.placeholder('channelType'),
          channelInstance: sql.placeholder('channelInstance'),
          platformId: sql.placeholder('platformId'),
          threadId: sql.placeholder('threadId'),
          content: sql.placeholder('content'),
          nextAttemptAt: sql.placeholder('nextAttemptAt'),
          error: sql.placeholder('error'),
          inReplyTo: sql.placeholder('inReplyTo'),
          turnId: sql.placeholder('turnId'),
          writtenAt: sql.placeholder('writtenAt'),
          takenAt: sql.placeholder('takenAt'),
          firstSentAt: sql.placeholder('firstSentAt'),
          lastSentAt: sql.placeholder('lastSentAt'),
        })
        .onConflictDoNothing({ target: delivered.messageOutId })
        .prepare(),
    ),
    updateDelivery: lazy(() =>
      orm
        .update(delivered)
        .set({
          status: set('status'),
          attempts: set('attempts'),
          ambiguousCount: set('ambiguousCount'),
          nextAttemptAt: set('nextAttemptAt'),
          platformMessageId: set('platformMessageId'),
          deliveredAt: set('deliveredAt'),
          error: set('error'),
          firstSentAt: set('firstSentAt'),
          lastSentAt: set('lastSentAt'),
          askedAt: set('askedAt'),
        })
        .where(eq(delivered.messageOutId, id))
        .prepare(),
    ),
  }
}

// Literals, as in the schema, not parameters: SQLite has to see that a partial index covers them.
const isWaiting = sql`(status IN ('sending','retrying') OR status='queued' AND next_attempt_at IS NULL OR status='ambiguous' AND (asked_at IS NULL OR next_attempt_at IS NOT NULL))`
const isIndexed = sql`status IN ('queued','retrying','failed','refused','ambiguous')`
const isPutOff = sql`status='queued' AND ${isIndexed} AND next_attempt_at IS NOT NULL`

function waitingStatements(orm: Orm) {
  const { channelType, channelInstance, platformId, nextAttemptAt, seq } = delivered
  const places = { channelType, channelInstance, platformId }
  const now = sql.placeholder('now')
  const isThere = and(
    sql`${channelType} IS ${sql.placeholder('channelType')}`,
    eq(channelInstance, sql.placeholder('channelInstance')),
    sql`${platformId} IS ${sql.placeholder('platformId')}`,
  )
  const countOf = (condition: SQL) =>
    lazy(() => {
      const some = orm
        .select({ one: sql`1`.as('one') })
        .from(delivered)
        .where(condition)
        .limit(limit)
        .as('some')
      return orm
        .select({ rows: sql<number>`count(*)` })
        .from(some)
        .prepare()
    })
  return {
    countWaiting: countOf(isWaiting),
    countPutOff: countOf(isPutOff),
    unfinishedPlaces: lazy(() =>
      orm
        .selectDistinct(places)
        .from(delivered)
        .where(isWaiting)
        .union(orm.selectDistinct(places).from(delivered).where(isPutOff))
        .prepare(),
    ),
    waiting: lazy(() =>
      orm
        .select()
        .from(delivered)
        .where(and(isThere, isWaiting))
        .orderBy(asc(seq))
        .limit(limit)
        .prepare(),
    ),
    putOffBefore: lazy(() =>
      orm
        .select()
        .from(delivered)
        .where(and(isThere, isPutOff, sql`${nextAttemptAt} <= ${now}`))
        // As the index has them: any number may become due at once. Rows are numbered as they come.
        .orderBy(asc(nextAttemptAt), asc(sql`${delivered}.rowid`))
        .limit(limit)
        .prepare(),
    ),
    putOffUntil: lazy(() =>
      orm
        .select({ nextAttemptAt: sql<string | null>`min(${nextAttemptAt})` })
        .from(delivered)
        .where(and(isThere, isPutOff, sql`${nextAttemptAt} > ${now}`))
        .prepare(),
    ),
  }
}

/** A list shows the beginnings of messages: a content may be a megabyte, and a container makes many. */
const listed = {
  ...getTableColumns(delivered),
  content: sql<string>`substr(${delivered.content}, 1, 2000)`,
}

function listStatements(orm: Orm) {
  const newest = desc(delivered.seq)
  const isOf = eq(delivered.status, status)
  return {
    newest: lazy(() => orm.select(listed).from(delivered).orderBy(newest).limit(limit).prepare()),
    newestIndexed: lazy(() =>
      orm
        .select(listed)
        .from(delivered)
        .where(and(isOf, isIndexed))
        .orderBy(newest)
        .limit(limit)
        .prepare(),
    ),
    newestSending: lazy(() =>
      orm
        .select(listed)
        .from(delivered)
        .where(and(sql`${delivered.status} = 'sending'`, isWaiting))
        // The sign keeps SQLite from walking all rows in their order.
        .orderBy(sql`+${delivered.seq} DESC`)
        .limit(limit)
        .prepare(),
    ),
    newestOf: lazy(() =>
      orm.select(listed).from(delivered).where(isOf).orderBy(newest).limit(limit).prepare(),
    ),
    answers: lazy(() =>
      orm
        .select()
        .from(delivered)
        .where(
          sql`${delivered.inReplyTo} = ${id} OR ${delivered.turnId} IN (SELECT value FROM json_each(${sql.placeholder('turnIds')}))`,
        )
        .orderBy(asc(delivered.seq))
        .prepare(),
    ),
  }
}

function partStatements(orm: Orm) {
  const columns = {
    status: sql.placeholder('status'),
    content: sql.placeholder('content'),
    platformMessageId: sql.placeholder('platformMessageId'),
    attempts: sql.placeholder('attempts'),
    ambiguousCount: sql.placeholder('ambiguousCount'),
    firstSentAt: sql.placeholder('firstSentAt'),
    lastSentAt: sql.placeholder('lastSentAt'),
    error: sql.placeholder('error'),
  }
  return {
    parts: lazy(() =>
      orm
        .select()
        .from(deliveredParts)
        .where(eq(deliveredParts.messageOutId, id))
        .orderBy(asc(deliveredParts.part))
        .prepare(),
    ),
    part: lazy(() =>
      orm
        .select()
        .from(deliveredParts)
        .where(
          and(
            eq(deliveredParts.messageOutId, id),
            eq(deliveredParts.part, sql.placeholder('part')),
          ),
        )
        .prepare(),
    ),
    setPart: lazy(() =>
      orm
        .insert(deliveredParts)
        .values({ messageOutId: id, part: sql.placeholder('part'), ...columns })
        .onConflictDoUpdate({
          target: [deliveredParts.messageOutId, deliveredParts.part],
          set: {
            status: sql`excluded.status`,
            content: sql`excluded.content`,
            platformMessageId: sql`excluded.platform_message_id`,
            attempts: sql`excluded.attempts`,
            ambiguousCount: sql`excluded.ambiguous_count`,
            firstSentAt: sql`excluded.first_sent_at`,
            lastSentAt: sql`excluded.last_sent_at`,
            error: sql`excluded.error`,
          },
        })
        .prepare(),
    ),
  }
}

/** The statements on what the agent said, and what became of it. */
export function ledgerStatements(orm: Orm) {
  return {
    ...rowStatements(orm),
    ...waitingStatements(orm),
    ...listStatements(orm),
    ...partStatements(orm),
  }
}
