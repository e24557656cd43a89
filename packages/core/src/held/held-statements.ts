import type { OpenDatabase } from '@nanoclaw/schema/database'
import { heldEvents } from '@nanoclaw/schema/drizzle'
import { and, asc, count, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import { limitOf } from '../statements/limit.ts'

/** The statements on events that are held. */
export function heldStatements(orm: OpenDatabase['orm']) {
  const ofApproval = eq(heldEvents.approvalId, sql.placeholder('approvalId'))
  return {
    heldByKey: () =>
      orm
        .select({ id: heldEvents.id })
        .from(heldEvents)
        .where(and(ofApproval, eq(heldEvents.dedupeKey, sql.placeholder('dedupeKey'))))
        .prepare(),
    countHeld: () => orm.select({ count: count() }).from(heldEvents).where(ofApproval).prepare(),
    heldOfApproval: () =>
      orm
        .select()
        .from(heldEvents)
        .where(ofApproval)
        .orderBy(asc(insertion))
        .limit(limitOf('limit'))
        .prepare(),
    insertHeld: () =>
      orm
        .insert(heldEvents)
        .values({
          id: sql.placeholder('id'),
          approvalId: sql.placeholder('approvalId'),
          messagingGroupId: sql.placeholder('messagingGroupId'),
          userId: sql.placeholder('userId'),
          dedupeKey: sql.placeholder('dedupeKey'),
          event: sql.placeholder('event'),
          createdAt: sql.placeholder('createdAt'),
        })
        .prepare(),
    removeHeld: () =>
      orm
        .delete(heldEvents)
        .where(eq(heldEvents.id, sql.placeholder('id')))
        .prepare(),
    removeHeldOfApproval: () => orm.delete(heldEvents).where(ofApproval).prepare(),
  }
}
