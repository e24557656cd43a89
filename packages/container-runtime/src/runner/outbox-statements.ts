import type { OpenDatabase } from '@nanoclaw/schema/database'
import {
  containerState,
  messagesOut,
  processingAck,
  sessionState,
  turns,
} from '@nanoclaw/schema/drizzle'
import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm'

const p = sql.placeholder

type Orm = OpenDatabase['orm']

/** Who owns the file, and what it is at. */
function prepareFenceStatements(orm: Orm) {
  return {
    fence: orm
      .select({ epoch: containerState.epoch })
      .from(containerState)
      .where(eq(containerState.id, 1))
      .prepare(),
    setFence: orm
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
      })
      .prepare(),
    setTool: orm
      .update(containerState)
      .set({ currentTool: sql`${p('tool')}`, updatedAt: sql`${p('now')}` })
      .where(eq(containerState.id, 1))
      .prepare(),
    state: orm
      .select({ value: sessionState.value })
      .from(sessionState)
      .where(eq(sessionState.key, p('key')))
      .prepare(),
    statesUnder: orm
      .select({ key: sessionState.key, value: sessionState.value })
      .from(sessionState)
      .where(and(gt(sessionState.key, p('from')), lt(sessionState.key, p('to'))))
      .prepare(),
    setState: orm
      .insert(sessionState)
      .values({ key: p('key'), value: p('value'), updatedAt: p('now') })
      .onConflictDoUpdate({
        target: sessionState.key,
        set: { value: sql`excluded.value`, updatedAt: sql`excluded.updated_at` },
      })
      .prepare(),
    deleteState: orm
      .delete(sessionState)
      .where(eq(sessionState.key, p('key')))
      .prepare(),
  }
}

/** What is said. */
function prepareRowStatements(orm: Orm) {
  return {
    largest: orm
      .select({ seq: messagesOut.seq })
      .from(messagesOut)
      .orderBy(desc(messagesOut.seq))
      .limit(1)
      .prepare(),
    insertRow: orm
      .insert(messagesOut)
      .values({
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
      })
      .prepare(),
    call: orm
      .select({ seq: messagesOut.seq })
      .from(messagesOut)
      .where(and(eq(messagesOut.turnId, p('turnId')), eq(messagesOut.callKey, p('callKey'))))
      .prepare(),
    sent: orm
      .select({
        seq: messagesOut.seq,
        channelType: messagesOut.channelType,
        channelInstance: messagesOut.channelInstance,
        platformId: messagesOut.platformId,
        content: messagesOut.content,
      })
      .from(messagesOut)
      .where(eq(messagesOut.turnId, p('turnId')))
      .orderBy(asc(messagesOut.seq))
      .prepare(),
  }
}

/** Turns and acknowledgements. */
function prepareTurnStatements(orm: Orm) {
  return {
    orphans: orm
      .select({ turnId: turns.turnId })
      .from(turns)
      .where(sql`${turns.status} = 'running'`)
      .prepare(),
    turn: orm
      .select()
      .from(turns)
      .where(eq(turns.turnId, p('turnId')))
      .prepare(),
    setTurn: orm
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
      })
      .prepare(),
    endTurn: orm
      .update(turns)
      .set({ status: sql`${p('status')}`, endedAt: sql`${p('now')}`, error: sql`${p('error')}` })
      .where(eq(turns.turnId, p('turnId')))
      .prepare(),
    takeClaimBack: orm
      .update(turns)
      .set({ claims: sql`max(${turns.claims} - 1, 0)` })
      .where(eq(turns.turnId, p('turnId')))
      .prepare(),
    setTurnRows: orm
      .update(turns)
      .set({ messageIds: sql`${p('messageIds')}` })
      .where(eq(turns.turnId, p('turnId')))
      .prepare(),
    ack: orm
      .select({ status: processingAck.status, turnId: processingAck.turnId })
      .from(processingAck)
      .where(eq(processingAck.messageId, p('id')))
      .prepare(),
    setAck: orm
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
      })
      .prepare(),
    deleteAck: orm
      .delete(processingAck)
      .where(eq(processingAck.messageId, p('id')))
      .prepare(),
  }
}

/** Prepares every statement once per connection; un-prepared ones are ten times slower. */
export function prepareOutboxStatements({ orm }: Pick<OpenDatabase, 'orm'>) {
  return {
    ...prepareFenceStatements(orm),
    ...prepareRowStatements(orm),
    ...prepareTurnStatements(orm),
  }
}

/** Every statement of the outbox. */
export type OutboxStatements = ReturnType<typeof prepareOutboxStatements>
