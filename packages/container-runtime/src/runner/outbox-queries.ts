import type { OpenDatabase } from '@nanoclaw/schema/database'
import {
  containerState,
  messagesOut,
  processingAck,
  sessionState,
  turns,
} from '@nanoclaw/schema/drizzle'
import { and, asc, eq, gt, lt, sql } from 'drizzle-orm'

const p = sql.placeholder

type Orm = OpenDatabase['orm']

/** Who owns the file, and what it is at. */
function fenceQueries(orm: Orm) {
  return {
    fence: () =>
      orm
        .select({ epoch: containerState.epoch })
        .from(containerState)
        .where(eq(containerState.id, 1)),
    setFence: () =>
      orm
        .insert(containerState)
        .values({ id: 1, epoch: p('epoch'), updatedAt: p('now') })
        .onConflictDoUpdate({
          target: containerState.id,
          set: {
            epoch: sql`excluded.epoch`,
            currentTool: null,
            toolDeadline: null,
            updatedAt: sql`excluded.updated_at`,
          },
        }),
    setTool: () =>
      orm
        .update(containerState)
        .set({ currentTool: sql`${p('tool')}`, updatedAt: sql`${p('now')}` })
        .where(eq(containerState.id, 1)),
    state: () =>
      orm
        .select({ value: sessionState.value })
        .from(sessionState)
        .where(eq(sessionState.key, p('key'))),
    statesUnder: () =>
      orm
        .select({ key: sessionState.key, value: sessionState.value })
        .from(sessionState)
        .where(and(gt(sessionState.key, p('from')), lt(sessionState.key, p('to')))),
    setState: () =>
      orm
        .insert(sessionState)
        .values({ key: p('key'), value: p('value'), updatedAt: p('now') })
        .onConflictDoUpdate({
          target: sessionState.key,
          set: { value: sql`excluded.value`, updatedAt: sql`excluded.updated_at` },
        }),
    deleteState: () => orm.delete(sessionState).where(eq(sessionState.key, p('key'))),
  }
}

/** What is said. */
function rowQueries(orm: Orm) {
  return {
    largest: () =>
      // By the index's end; Drizzle's \`limit ?\` would be prepared anew at every run.
      orm.select({ seq: sql<number | null>`max(${messagesOut.seq})` }).from(messagesOut),
    insertRow: () =>
      orm.insert(messagesOut).values({
        id: p('id'),
        seq: p('seq'),
        inReplyTo: p('inReplyTo'),
        timestamp: p('now'),
        kind: p('kind'),
        platformId: p('platformId'),
        channelType: p('channelType'),
        threadId: p('threadId'),
        content: p('content'),
        channelInstance: p('channelInstance'),
        turnId: p('turnId'),
        callKey: p('callKey'),
      }),
    call: () =>
      orm
        .select({ id: messagesOut.id, seq: messagesOut.seq })
        .from(messagesOut)
        .where(and(eq(messagesOut.turnId, p('turnId')), eq(messagesOut.callKey, p('callKey')))),
    sent: () =>
      orm
        .select({
          seq: messagesOut.seq,
          channelType: messagesOut.channelType,
          channelInstance: messagesOut.channelInstance,
          platformId: messagesOut.platformId,
          content: messagesOut.content,
        })
        .from(messagesOut)
        .where(eq(messagesOut.turnId, p('turnId')))
        .orderBy(asc(messagesOut.seq)),
  }
}

/** Turns. */
function turnQueries(orm: Orm) {
  return {
    orphans: () =>
      orm
        .select({ turnId: turns.turnId })
        .from(turns)
        .where(sql`${turns.status} = 'running'`),
    turn: () =>
      orm
        .select()
        .from(turns)
        .where(eq(turns.turnId, p('turnId'))),
    setTurn: () =>
      orm
        .insert(turns)
        .values({
          turnId: p('turnId'),
          epoch: p('epoch'),
          messageIds: p('messageIds'),
          claims: p('claims'),
          claimedAt: p('now'),
          status: p('status'),
        })
        .onConflictDoUpdate({
          target: turns.turnId,
          set: {
            epoch: sql`excluded.epoch`,
            messageIds: sql`excluded.message_ids`,
            claims: sql`excluded.claims`,
            claimedAt: sql`excluded.claimed_at`,
            status: sql`excluded.status`,
            endedAt: null,
            error: null,
          },
        }),
    endTurn: () =>
      orm
        .update(turns)
        .set({ status: sql`${p('status')}`, endedAt: sql`${p('now')}`, error: sql`${p('error')}` })
        .where(eq(turns.turnId, p('turnId'))),
    takeClaimBack: () =>
      orm
        .update(turns)
        .set({ claims: sql`max(${turns.claims} - 1, 0)` })
        .where(eq(turns.turnId, p('turnId'))),
    setTurnRows: () =>
      orm
        .update(turns)
        .set({ messageIds: sql`${p('messageIds')}` })
        .where(eq(turns.turnId, p('turnId'))),
  }
}

/** Acknowledgements. */
function ackQueries(orm: Orm) {
  return {
    ack: () =>
      orm
        .select({ status: processingAck.status, turnId: processingAck.turnId })
        .from(processingAck)
        .where(eq(processingAck.messageId, p('id'))),
    setAck: () =>
      orm
        .insert(processingAck)
        .values({
          messageId: p('id'),
          status: p('status'),
          statusChanged: p('now'),
          turnId: p('turnId'),
          epoch: p('epoch'),
        })
        .onConflictDoUpdate({
          target: processingAck.messageId,
          set: {
            status: sql`excluded.status`,
            statusChanged: sql`excluded.status_changed`,
            turnId: sql`excluded.turn_id`,
            epoch: sql`excluded.epoch`,
          },
        }),
    deleteAck: () => orm.delete(processingAck).where(eq(processingAck.messageId, p('id'))),
  }
}

/** Every query of the outbox but those of pruning. */
export function outboxQueries(orm: Orm) {
  return {
    ...fenceQueries(orm),
    ...rowQueries(orm),
    ...turnQueries(orm),
    ...ackQueries(orm),
  }
}

/** The same, as types. */
export type OutboxQueries = ReturnType<typeof outboxQueries>
