import type { OpenDatabase } from '@nanoclaw/schema/database'
import { appliedActions, approvals, people, userRoles, users } from '@nanoclaw/schema/drizzle'
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, lte, sql } from 'drizzle-orm'
import { limitOf, limitOne } from '../statements/limit.ts'

type Orm = OpenDatabase['orm']

const id = eq(approvals.id, sql.placeholder('id'))
/** As in the conditions of their indexes. */
const isPending = sql`${approvals.status} = 'pending'`
const isUnfinished = sql.raw(`status = 'approved' OR status <> 'pending' AND told_at IS NULL`)
const isAgent = sql`${approvals.agentGroupId} IS ${sql.placeholder('agentGroupId')}`

function readStatements(orm: Orm) {
  const one = () =>
    orm
      .select({ ...getTableColumns(approvals), personName: people.name })
      .from(approvals)
      .leftJoin(people, eq(people.id, approvals.decidedBy))
  const status = sql.placeholder('status')
  const agent = sql.placeholder('agentGroupId')
  return {
    approvalById: () => one().where(id).prepare(),
    approvalByKey: () =>
      one()
        .where(eq(approvals.requestKey, sql.placeholder('requestKey')))
        .prepare(),
    pendingApprovals: () => one().where(isPending).orderBy(asc(approvals.expiresAt)).prepare(),
    expiredApprovals: () =>
      one()
        .where(and(isPending, lte(approvals.expiresAt, sql.placeholder('now'))))
        .orderBy(asc(approvals.expiresAt))
        .limit(limitOf('limit'))
        .prepare(),
    unfinishedApprovals: () => one().where(isUnfinished).limit(limitOf('limit')).prepare(),
    listedApprovals: () =>
      one()
        .where(
          sql`(${status} IS NULL OR ${approvals.status} = ${status}) AND (${agent} IS NULL OR ${approvals.agentGroupId} = ${agent})`,
        )
        .orderBy(desc(sql`${approvals}.rowid`))
        .limit(limitOf('limit'))
        .prepare(),
    firstExpiry: () =>
      orm
        .select({ expiresAt: approvals.expiresAt })
        .from(approvals)
        .where(isPending)
        .orderBy(asc(approvals.expiresAt))
        .limit(limitOne())
        .prepare(),
    countPending: () =>
      orm
        .select({ count: sql<number>`count(*)` })
        .from(approvals)
        .where(and(isPending, isAgent))
        .prepare(),
  }
}

function deciderStatements(orm: Orm) {
  const roles = {
    personId: users.personId,
    role: userRoles.role,
    agentGroupId: userRoles.agentGroupId,
  }
  return {
    /** A row without a role where the user is known, but has none. */
    rolesOfUser: () =>
      orm
        .select({ ...roles, directChatId: users.directChatId })
        .from(users)
        .leftJoin(userRoles, eq(userRoles.personId, users.personId))
        .where(eq(users.id, sql.placeholder('userId')))
        .prepare(),
    /** Walks those who have been given a role. */
    reachableDeciders: () =>
      orm
        .select({ ...roles, userId: users.id, directChatId: users.directChatId })
        .from(userRoles)
        .innerJoin(users, eq(users.personId, userRoles.personId))
        .where(
          and(
            inArray(userRoles.role, ['owner', 'admin']),
            sql`${userRoles.agentGroupId} IN ('', ${sql.placeholder('agentGroupId')})`,
            isNotNull(users.directChatId),
          ),
        )
        .prepare(),
  }
}

/** The statements on requests to people, and on what was done once. */
export function approvalStatements(orm: Orm) {
  return {
    ...readStatements(orm),
    ...deciderStatements(orm),
    insertApproval: () =>
      orm
        .insert(approvals)
        .values({
          id: sql.placeholder('id'),
          action: sql.placeholder('action'),
          agentGroupId: sql.placeholder('agentGroupId'),
          sessionId: sql.placeholder('sessionId'),
          effect: sql.placeholder('effect'),
          digest: sql.placeholder('digest'),
          summary: sql.placeholder('summary'),
          reason: sql.placeholder('reason'),
          requestKey: sql.placeholder('requestKey'),
          onUserId: sql.placeholder('onUserId'),
          onMessageId: sql.placeholder('onMessageId'),
          status: 'pending',
          createdAt: sql.placeholder('createdAt'),
          expiresAt: sql.placeholder('expiresAt'),
        })
        .prepare(),
    setApproval: () =>
      orm
        .update(approvals)
        .set({
          requestKey: sql`${sql.placeholder('requestKey')}`,
          status: sql`${sql.placeholder('status')}`,
          decidedAt: sql`${sql.placeholder('decidedAt')}`,
          decidedBy: sql`${sql.placeholder('decidedBy')}`,
          decidedVia: sql`${sql.placeholder('decidedVia')}`,
          appliedAt: sql`${sql.placeholder('appliedAt')}`,
          error: sql`${sql.placeholder('error')}`,
          toldAt: sql`${sql.placeholder('toldAt')}`,
        })
        .where(id)
        .prepare(),
    actionApplied: () =>
      orm
        .select({ at: appliedActions.appliedAt })
        .from(appliedActions)
        .where(eq(appliedActions.actionId, sql.placeholder('actionId')))
        .prepare(),
    insertAppliedAction: () =>
      orm
        .insert(appliedActions)
        .values({
          actionId: sql.placeholder('actionId'),
          sessionId: sql.placeholder('sessionId'),
          action: sql.placeholder('action'),
          appliedAt: sql.placeholder('appliedAt'),
        })
        .prepare(),
  }
}
