import type { OpenDatabase } from '@nanoclaw/schema/database'
import { approvalCards, approvals } from '@nanoclaw/schema/drizzle'
import { asc, eq, getTableColumns, sql } from 'drizzle-orm'
import { limitOf, limitOne } from '../statements/limit.ts'

/** The statements on cards. */
export function cardStatements(orm: OpenDatabase['orm']) {
  const { approvalId, userId, status, nextAttemptAt } = approvalCards
  /** As in the condition of its index; those of one that is still waited for need nothing. */
  const hasWork = sql`${status} IN ('waiting', 'shown') AND (${status} = 'waiting' OR ${approvals.status} <> 'pending')`
  const isOf = eq(approvalId, sql.placeholder('approvalId'))
  return {
    dueCards: () =>
      orm
        .select(getTableColumns(approvalCards))
        .from(approvalCards)
        .innerJoin(approvals, eq(approvals.id, approvalId))
        .where(
          sql`${hasWork} AND (${nextAttemptAt} IS NULL OR ${nextAttemptAt} <= ${sql.placeholder('now')})`,
        )
        .orderBy(asc(nextAttemptAt))
        .limit(limitOf('limit'))
        .prepare(),
    nextCard: () =>
      orm
        .select({ nextAttemptAt })
        .from(approvalCards)
        .innerJoin(approvals, eq(approvals.id, approvalId))
        .where(sql`${hasWork} AND ${nextAttemptAt} IS NOT NULL`)
        .orderBy(asc(nextAttemptAt))
        .limit(limitOne())
        .prepare(),
    cardsOf: () => orm.select().from(approvalCards).where(isOf).prepare(),
    putCard: () =>
      orm
        .insert(approvalCards)
        .values({
          approvalId: sql.placeholder('approvalId'),
          userId: sql.placeholder('userId'),
          messagingGroupId: sql.placeholder('messagingGroupId'),
          platformMessageId: sql.placeholder('platformMessageId'),
          status: sql.placeholder('status'),
          attempts: sql.placeholder('attempts'),
          nextAttemptAt: sql.placeholder('nextAttemptAt'),
          shownAt: sql.placeholder('shownAt'),
          error: sql.placeholder('error'),
        })
        .onConflictDoUpdate({
          target: [approvalId, userId],
          set: {
            platformMessageId: sql`excluded.platform_message_id`,
            status: sql`excluded.status`,
            attempts: sql`excluded.attempts`,
            nextAttemptAt: sql`excluded.next_attempt_at`,
            shownAt: sql`excluded.shown_at`,
            error: sql`excluded.error`,
          },
        })
        .prepare(),
  }
}
