import type { OpenDatabase } from '@nanoclaw/schema/database'
import { delivered, events, messagesIn } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, gt, inArray, isNotNull, or, sql, type SQL } from 'drizzle-orm'
import { limitOf } from '../statements/limit.ts'
import { lazy } from './lazy.ts'
import { deliveryStatuses, endStatuses } from './statuses.ts'

const id = sql.placeholder('id')

/** The statements on what has happened in a session. */
export function eventStatements(orm: OpenDatabase['orm']) {
  const { id: rowId, seq, kind, channelType, channelInstance, platformId, threadId } = messagesIn
  const inbound = { id: rowId, seq, kind, channelType, channelInstance, platformId, threadId }
  const delivery = {
    id: delivered.messageOutId,
    seq: delivered.seq,
    channelType: delivered.channelType,
    channelInstance: delivered.channelInstance,
    platformId: delivered.platformId,
    threadId: delivered.threadId,
    platformMessageId: delivered.platformMessageId,
  }
  const isTurn = sql`${events.type} = 'turn'`
  // What a later step of the contract knows besides, and events whose rows are gone, are passed over
  // here, not afterwards: a page that is not full is the last.
  const isTold = or(
    and(eq(events.type, 'accepted'), isNotNull(rowId)),
    and(
      eq(events.type, 'delivery'),
      isNotNull(delivered.messageOutId),
      inArray(events.status, [...deliveryStatuses]),
    ),
    and(
      isTurn,
      inArray(events.status, [...endStatuses]),
      sql`EXISTS (SELECT 1 FROM json_each(${events.detail}, '$.seqs') AS s JOIN messages_in AS m ON m.seq = s.value)`,
    ),
  )
  const seqs = sql`(SELECT value FROM json_each(${sql.placeholder('seqs')}))`
  const isOfSeqs = sql`(${events.messageSeq} IN ${seqs} OR (${isTurn} AND EXISTS (SELECT 1 FROM json_each(${events.detail}, '$.seqs') AS s WHERE s.value IN ${seqs})))`
  const told = (which: SQL) =>
    orm
      .select({
        id: events.id,
        at: events.at,
        type: events.type,
        messageSeq: events.messageSeq,
        status: events.status,
        turnId: sql<string | null>`iif(${isTurn}, ${events.detail} ->> '$.turnId', NULL)`,
        error: sql<string | null>`iif(${isTurn}, ${events.detail} ->> '$.error', ${events.detail})`,
        inbound,
        delivery,
      })
      .from(events)
      .leftJoin(messagesIn, eq(messagesIn.seq, events.messageSeq))
      .leftJoin(delivered, eq(delivered.seq, events.messageSeq))
      .where(and(which, isTold))
      .orderBy(asc(events.id))
  return {
    insertEvent: lazy(() =>
      orm
        .insert(events)
        .values({
          id,
          at: sql.placeholder('at'),
          type: sql.placeholder('type'),
          messageSeq: sql.placeholder('messageSeq'),
          status: sql.placeholder('status'),
          detail: sql.placeholder('detail'),
        })
        .prepare(),
    ),
    eventsAfter: lazy(() =>
      told(gt(events.id, sql.placeholder('after')))
        .limit(limitOf('limit'))
        .prepare(),
    ),
    eventsOf: lazy(() => told(isOfSeqs).prepare()),
    turnRows: lazy(() =>
      orm
        .select(inbound)
        .from(messagesIn)
        .where(
          sql`${seq} IN (SELECT value FROM ${events}, json_each(${events.detail}, '$.seqs') WHERE ${events.id} = ${id})`,
        )
        .orderBy(asc(seq))
        .prepare(),
    ),
  }
}
