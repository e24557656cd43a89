import type { OpenDatabase } from '@nanoclaw/schema/database'
import { delivered, deliveredParts, events, messagesIn } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import { lazy } from '../mailbox/lazy.ts'
import { limitOf } from '../statements/limit.ts'
import { deliveryEnds, endStatuses } from '../mailbox/statuses.ts'

const id = sql.placeholder('id')
const seq = sql.placeholder('seq')

/**
 * The statements on what a mailbox no longer has to keep. All go by a key: the events from the
 * lowest stamp on, and what they tell of by its number. So nothing that stays is ever walked.
 */
export function retentionStatements(orm: OpenDatabase['orm']) {
  const end = delivered.deliveredAt
  const { takenAt, lastSentAt, askedAt } = delivered
  // The larger of what there is; a null would win over every text.
  const lastChange = sql`max(coalesce(${takenAt}, ''), coalesce(${lastSentAt}, ''), coalesce(${askedAt}, ''), coalesce(${end}, ''))`
  const hasEnded = and(
    inArray(delivered.status, [...deliveryEnds]),
    sql`${lastChange} < ${sql.placeholder('before')}`,
  )
  return {
    oldestEvents: lazy(() =>
      orm.select().from(events).orderBy(asc(events.id)).limit(limitOf('limit')).prepare(),
    ),
    endedInbound: lazy(() =>
      orm
        .select()
        .from(messagesIn)
        .where(and(eq(messagesIn.seq, seq), inArray(messagesIn.status, [...endStatuses])))
        .prepare(),
    ),
    endedDelivery: lazy(() =>
      orm
        .select()
        .from(delivered)
        .where(and(eq(delivered.seq, seq), hasEnded))
        .prepare(),
    ),
    pruneInbound: lazy(() =>
      orm
        .delete(messagesIn)
        .where(and(eq(messagesIn.id, id), inArray(messagesIn.status, [...endStatuses])))
        .returning({ seq: messagesIn.seq })
        .prepare(),
    ),
    pruneDelivery: lazy(() =>
      orm
        .delete(delivered)
        .where(and(eq(delivered.messageOutId, id), hasEnded))
        .returning({ seq: delivered.seq })
        .prepare(),
    ),
    pruneParts: lazy(() =>
      orm.delete(deliveredParts).where(eq(deliveredParts.messageOutId, id)).prepare(),
    ),
    pruneEvents: lazy(() => orm.delete(events).where(lte(events.id, id)).prepare()),
  }
}
