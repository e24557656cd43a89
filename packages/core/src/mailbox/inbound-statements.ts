import type { OpenDatabase } from '@nanoclaw/schema/database'
import { delivered, deliveredParts, hostState, messagesIn } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import { eventStatements } from './event-statements.ts'
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
  const oldest = (condition: SQL | undefined) =>
    lazy(() =>
      orm
        .select(pendingColumns)
        .from(messagesIn)
        .where(condition)
        .orderBy(asc(messagesIn.seq))
        .limit(sql.placeholder('limit'))
        .prepare(),
    )
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
    pending: oldest(isPending),
    wanting: oldest(and(isPending, sql`${messagesIn.trigger} = 1`)),
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
  }
}

function waitingStatements(orm: Orm) {
  const { channelType, channelInstance, platformId } = delivered
  const places = { channelType, channelInstance, platformId }
  const now = sql.placeholder('now')
  const isThere = and(
    sql`${channelType} IS ${sql.placeholder('channelType')}`,
    eq(channelInstance, sql.placeholder('channelInstance')),
    sql`${platformId} IS ${sql.placeholder('platformId')}`,
  )
  // Literals, not parameters: SQLite has to see that the partial index covers the condition.
  const isUnfinished = sql`${delivered.status} IN ('queued', 'sending', 'retrying', 'ambiguous')`
  const isPutOff = sql`(${delivered.status} = 'queued' AND ${delivered.nextAttemptAt} > ${now})`
  return {
    unfinishedPlaces: lazy(() =>
      orm.selectDistinct(places).from(delivered).where(isUnfinished).prepare(),
    ),
    unfinished: lazy(() =>
      orm
        .select()
        .from(delivered)
        .where(and(isThere, isUnfinished, sql`${isPutOff} IS NOT TRUE`))
        .orderBy(asc(delivered.seq))
        .limit(sql.placeholder('limit'))
        .prepare(),
    ),
    putOff: lazy(() =>
      orm
        .select({ nextAttemptAt: sql<string | null>`min(${delivered.nextAttemptAt})` })
        .from(delivered)
        .where(and(isThere, isUnfinished, isPutOff))
        .prepare(),
    ),
  }
}

function partStatements(orm: Orm) {
  return {
    parts: lazy(() =>
      orm
        .select()
        .from(deliveredParts)
        .where(eq(deliveredParts.messageOutId, id))
        .orderBy(asc(deliveredParts.part))
        .prepare(),
    ),
    setPart: lazy(() =>
      orm
        .insert(deliveredParts)
        .values({
          messageOutId: id,
          part: sql.placeholder('part'),
          status: sql.placeholder('status'),
          platformMessageId: sql.placeholder('platformMessageId'),
        })
        .onConflictDoUpdate({
          target: [deliveredParts.messageOutId, deliveredParts.part],
          set: {
            status: sql`excluded.status`,
            platformMessageId: sql`coalesce(excluded.platform_message_id, ${deliveredParts.platformMessageId})`,
          },
        })
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
  return {
    orm,
    ...inboundStatements(orm),
    ...ledgerStatements(orm),
    ...waitingStatements(orm),
    ...partStatements(orm),
    ...stateStatements(orm),
    ...eventStatements(orm),
  }
}

/** What {@link mailboxStatements} gives. */
export type MailboxStatements = ReturnType<typeof mailboxStatements>
