import type { OpenDatabase } from '@nanoclaw/schema'
import { delivered, hostState, messagesIn } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, sql } from 'drizzle-orm'
import { lazy } from './lazy.ts'

/** What a statement is prepared on. */
export type Orm = OpenDatabase['orm']

const id = sql.placeholder('id')
const set = (name: string) => sql`${sql.placeholder(name)}`

function inboundStatements(orm: Orm) {
  const pendingColumns = {
    id: messagesIn.id,
    seq: messagesIn.seq,
    kind: messagesIn.kind,
    channelType: messagesIn.channelType,
    channelInstance: messagesIn.channelInstance,
    platformId: messagesIn.platformId,
    threadId: messagesIn.threadId,
    processAfter: messagesIn.processAfter,
    trigger: messagesIn.trigger,
    tries: messagesIn.tries,
  }
  // Literals, not parameters: SQLite has to see that the partial index covers the condition.
  const isPending = sql`${messagesIn.status} = 'pending'`
  return {
    byDedupeKey: lazy(() =>
      orm
        .select({ id: messagesIn.id, seq: messagesIn.seq })
        .from(messagesIn)
        .where(eq(messagesIn.dedupeKey, sql.placeholder('dedupeKey')))
        .prepare(),
    ),
    insertInbound: lazy(() =>
      orm
        .insert(messagesIn)
        .values({
          id,
          seq: sql.placeholder('seq'),
          kind: sql.placeholder('kind'),
          timestamp: sql.placeholder('timestamp'),
          processAfter: sql.placeholder('processAfter'),
          channelType: sql.placeholder('channelType'),
          channelInstance: sql.placeholder('channelInstance'),
          platformId: sql.placeholder('platformId'),
          threadId: sql.placeholder('threadId'),
          content: sql.placeholder('content'),
          platformMessageId: sql.placeholder('platformMessageId'),
          dedupeKey: sql.placeholder('dedupeKey'),
          trigger: sql.placeholder('trigger'),
          onWake: sql.placeholder('onWake'),
          sourceSessionId: sql.placeholder('sourceSessionId'),
          hops: sql.placeholder('hops'),
        })
        .prepare(),
    ),
    pending: lazy(() =>
      orm
        .select(pendingColumns)
        .from(messagesIn)
        .where(isPending)
        .orderBy(asc(messagesIn.seq))
        .limit(sql.placeholder('limit'))
        .prepare(),
    ),
    endPending: lazy(() =>
      orm
        .update(messagesIn)
        .set({ status: set('status') })
        .where(and(eq(messagesIn.id, id), isPending))
        .returning(pendingColumns)
        .prepare(),
    ),
    countTry: lazy(() =>
      orm
        .update(messagesIn)
        .set({ tries: sql`${messagesIn.tries} + 1` })
        .where(eq(messagesIn.id, id))
        .prepare(),
    ),
    largestInbound: lazy(() =>
      orm
        .select({ seq: sql<number>`coalesce(max(${messagesIn.seq}), 0)` })
        .from(messagesIn)
        .prepare(),
    ),
  }
}

function ledgerStatements(orm: Orm) {
  const { channelType, channelInstance, platformId } = delivered
  const places = { channelType, channelInstance, platformId }
  const isUnfinished = sql`${delivered.status} IN ('queued', 'sending', 'retrying', 'ambiguous')`
  return {
    largestDelivered: lazy(() =>
      orm
        .select({ seq: sql<number>`coalesce(max(${delivered.seq}), 0)` })
        .from(delivered)
        .prepare(),
    ),
    delivery: lazy(() =>
      orm.select().from(delivered).where(eq(delivered.messageOutId, id)).prepare(),
    ),
    insertDelivery: lazy(() =>
      orm
        .insert(delivered)
        .values({
          messageOutId: id,
          status: sql.placeholder('status'),
          seq: sql.placeholder('seq'),
          kind: sql.placeholder('kind'),
          channelType: sql.placeholder('channelType'),
          channelInstance: sql.placeholder('channelInstance'),
          platformId: sql.placeholder('platformId'),
          threadId: sql.placeholder('threadId'),
          content: sql.placeholder('content'),
          nextAttemptAt: sql.placeholder('nextAttemptAt'),
          error: sql.placeholder('error'),
        })
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
        })
        .where(eq(delivered.messageOutId, id))
        .prepare(),
    ),
    unfinishedPlaces: lazy(() =>
      orm.selectDistinct(places).from(delivered).where(isUnfinished).prepare(),
    ),
    unfinished: lazy(() =>
      orm
        .select()
        .from(delivered)
        .where(
          and(
            sql`${delivered.channelType} IS ${sql.placeholder('channelType')}`,
            eq(delivered.channelInstance, sql.placeholder('channelInstance')),
            sql`${delivered.platformId} IS ${sql.placeholder('platformId')}`,
            isUnfinished,
          ),
        )
        .orderBy(asc(delivered.seq))
        .limit(sql.placeholder('limit'))
        .prepare(),
    ),
  }
}

function stateStatements(orm: Orm) {
  return {
    state: lazy(() =>
      orm
        .select({ value: hostState.value })
        .from(hostState)
        .where(eq(hostState.key, sql.placeholder('key')))
        .prepare(),
    ),
    setState: lazy(() =>
      orm
        .insert(hostState)
        .values({ key: sql.placeholder('key'), value: sql.placeholder('value') })
        .onConflictDoUpdate({ target: hostState.key, set: { value: sql`excluded.value` } })
        .prepare(),
    ),
  }
}

/** The statements of one open `inbound.db`, each prepared at its first use. */
export function mailboxStatements(orm: Orm) {
  return { orm, ...inboundStatements(orm), ...ledgerStatements(orm), ...stateStatements(orm) }
}

/** What {@link mailboxStatements} gives. */
export type MailboxStatements = ReturnType<typeof mailboxStatements>
