import type { OpenDatabase } from '@nanoclaw/schema/database'
import { messagesOut, processingAck, turns } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, gt, lte, sql } from 'drizzle-orm'

const p = sql.placeholder
const rowid = sql<number>`rowid`
/** Rows that one bite looks at, of one kind: about a millisecond's work. */
const biteRows = 50

/** What pruning reads and deletes: always the next rows after a mark, never what lies behind it. */
export function pruneQueries(orm: OpenDatabase['orm']) {
  return {
    turnsAfter: () =>
      orm
        .select({
          at: rowid,
          turnId: turns.turnId,
          status: turns.status,
          messageIds: turns.messageIds,
        })
        .from(turns)
        .where(gt(rowid, p('after')))
        .orderBy(asc(rowid))
        .limit(biteRows),
    deleteTurn: () => orm.delete(turns).where(eq(turns.turnId, p('turnId'))),
    acksAfter: () =>
      orm
        .select({ at: rowid, messageId: processingAck.messageId })
        .from(processingAck)
        .where(gt(rowid, p('after')))
        .orderBy(asc(rowid))
        .limit(biteRows),
    deleteAck: () => orm.delete(processingAck).where(eq(processingAck.messageId, p('id'))),
    messagesAfter: () =>
      orm
        .select({ at: messagesOut.seq, id: messagesOut.id, turnId: messagesOut.turnId })
        .from(messagesOut)
        .where(and(gt(messagesOut.seq, p('after')), lte(messagesOut.seq, p('through'))))
        .orderBy(asc(messagesOut.seq))
        .limit(biteRows),
    deleteMessage: () => orm.delete(messagesOut).where(eq(messagesOut.id, p('id'))),
  }
}

/** The same, as types. */
export type PruneQueries = ReturnType<typeof pruneQueries>
