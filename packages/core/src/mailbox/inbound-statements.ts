import type { OpenDatabase } from '@nanoclaw/schema/database'
import {
  delivered,
  destinations,
  hostState,
  messagesIn,
  sessionRouting,
} from '@nanoclaw/schema/drizzle'
import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm'
import { ledgerStatements } from '../ledger/ledger-statements.ts'
import { retentionStatements } from '../retention/retention-statements.ts'
import type { Bound } from '../statements/types.ts'
import { limitOf } from '../statements/limit.ts'
import { eventStatements } from './event-statements.ts'
import { lazy } from './lazy.ts'

/** What a statement is prepared on. */
export type Orm = OpenDatabase['orm']

const id = sql.placeholder('id')
const set = (name: string) => sql`${sql.placeholder(name)}`

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

/** Statements on what a person decides. */
function pausedStatements(orm: Orm) {
  return {
    pausePending: lazy(() =>
      orm
        .update(messagesIn)
        .set({ status: 'paused' })
        .where(and(eq(messagesIn.id, id), isPending))
        .returning(pendingColumns)
        .prepare(),
    ),
    resumePaused: lazy(() =>
      orm
        .update(messagesIn)
        .set({ status: 'pending' })
        .where(and(eq(messagesIn.id, id), eq(messagesIn.status, 'paused')))
        .prepare(),
    ),
    // Only at a person's word: it walks the table.
    paused: lazy(() =>
      orm
        .select(pendingColumns)
        .from(messagesIn)
        .where(eq(messagesIn.status, 'paused'))
        .orderBy(asc(messagesIn.seq))
        .limit(limitOf('limit'))
        .prepare(),
    ),
    inbound: lazy(() => orm.select().from(messagesIn).where(eq(messagesIn.id, id)).prepare()),
  }
}

function inboundStatements(orm: Orm) {
  const oldest = (condition: SQL | undefined) =>
    lazy(() =>
      orm
        .select(pendingColumns)
        .from(messagesIn)
        .where(condition)
        .orderBy(asc(messagesIn.seq))
        .limit(limitOf('limit'))
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
        .onConflictDoNothing({ target: messagesIn.dedupeKey })
        .prepare(),
    ),
    pending: oldest(isPending),
    wanting: oldest(and(isPending, sql`${messagesIn.trigger} = 1`)),
    endPending: lazy(() =>
      orm
        .update(messagesIn)
        .set({ status: set('status') })
        .where(and(eq(messagesIn.id, id), inArray(messagesIn.status, ['pending', 'paused'])))
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
    // The rows with the largest numbers may have been pruned, or forgotten: what is known of them
    // stands in two of the states.
    largestSeq: lazy(() =>
      orm
        .select({
          seq: sql<number>`max(
            coalesce((SELECT max(${messagesIn.seq}) FROM ${messagesIn}), 0),
            coalesce((SELECT max(${delivered.seq}) FROM ${delivered}), 0),
            coalesce((SELECT max(CAST(${hostState.value} AS INTEGER)) FROM ${hostState} WHERE ${hostState.key} IN (${sql.placeholder('key')}, ${sql.placeholder('other')})), 0)
          )`,
        })
        .from(sql`(SELECT 1)`)
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
    twoStates: lazy(() =>
      orm
        .select()
        .from(hostState)
        .where(inArray(hostState.key, [sql.placeholder('key'), sql.placeholder('other')]))
        .prepare(),
    ),
    setState: lazy(() =>
      orm
        .insert(hostState)
        .values({ key: sql.placeholder('key'), value: sql.placeholder('value') })
        .onConflictDoUpdate({ target: hostState.key, set: { value: sql`excluded.value` } })
        .prepare(),
    ),
    removeState: lazy(() =>
      orm
        .delete(hostState)
        .where(eq(hostState.key, sql.placeholder('key')))
        .prepare(),
    ),
  }
}

/**
 * Statements on the address book, the routing and the settings. All of them at once, and seldom: what
 * the central database says is written over what is there.
 */
function projectionStatements(orm: Orm) {
  const routing = {
    channelType: sql.placeholder('channelType'),
    platformId: sql.placeholder('platformId'),
    threadId: sql.placeholder('threadId'),
    channelInstance: sql.placeholder('channelInstance'),
  }
  return {
    addressBook: lazy(() =>
      orm.select().from(destinations).orderBy(asc(destinations.name)).prepare(),
    ),
    clearAddressBook: lazy(() => orm.delete(destinations).prepare()),
    insertDestination: lazy(() =>
      orm
        .insert(destinations)
        .values({
          name: sql.placeholder('name'),
          displayName: sql.placeholder('displayName'),
          type: sql.placeholder('type'),
          channelType: sql.placeholder('channelType'),
          platformId: sql.placeholder('platformId'),
          agentGroupId: sql.placeholder('agentGroupId'),
          channelInstance: sql.placeholder('channelInstance'),
        })
        .prepare(),
    ),
    routing: lazy(() => orm.select().from(sessionRouting).prepare()),
    setRouting: lazy(() =>
      orm
        .insert(sessionRouting)
        .values({ id: 1, ...routing })
        .onConflictDoUpdate({
          target: sessionRouting.id,
          set: {
            channelType: sql`excluded.channel_type`,
            platformId: sql`excluded.platform_id`,
            threadId: sql`excluded.thread_id`,
            channelInstance: sql`excluded.channel_instance`,
          },
        })
        .prepare(),
    ),
  }
}

/**
 * The statements of one open `inbound.db`, as Drizzle writes them. `scripts/generate-statements.ts` makes
 * `inbound-statements.generated.ts` of them, which is what runs.
 */
export function mailboxStatements(orm: Orm) {
  return {
    ...inboundStatements(orm),
    ...pausedStatements(orm),
    ...ledgerStatements(orm),
    ...stateStatements(orm),
    ...projectionStatements(orm),
    ...eventStatements(orm),
    ...retentionStatements(orm),
  }
}

/** The statements of one open `inbound.db`, each prepared at its first use. */
export type MailboxStatements = Bound<ReturnType<typeof mailboxStatements>>
