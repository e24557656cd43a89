import type { OpenDatabase } from '@nanoclaw/schema/database'
import { sessions } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, getTableColumns, gt, lte, sql, type SQL } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import { anyStamp } from '../events/stamps.ts'
import { limitOf, limitOne } from '../statements/limit.ts'

type Orm = OpenDatabase['orm']

const id = eq(sessions.id, sql.placeholder('id'))
// Written out: the planner uses an index of active ones for no parameter.
const active = sql`${sessions.status} = 'active'`
const { oldestAt: _oldestAt, lastEvent: _lastEvent, ...columns } = getTableColumns(sessions)

function lookUps(orm: Orm) {
  const listed = (where: SQL | undefined) =>
    orm
      .select({ ...columns, insertion })
      .from(sessions)
      .where(where)
      .orderBy(asc(insertion))
  const ofAgent = eq(sessions.agentGroupId, sql.placeholder('agentGroupId'))
  const ofChat = eq(sessions.messagingGroupId, sql.placeholder('messagingGroupId'))
  const after = sql`${insertion} > ${sql.placeholder('after')}`
  return {
    sessionById: () => orm.select(columns).from(sessions).where(id).prepare(),
    sessionByKey: () =>
      orm
        .select({ ...columns, insertion })
        .from(sessions)
        .where(and(eq(sessions.key, sql.placeholder('key')), active))
        .prepare(),
    sessionsPage: () => listed(after).limit(limitOf('limit')).prepare(),
    sessionsOfAgent: () => listed(and(ofAgent, after)).limit(limitOf('limit')).prepare(),
    sessionsOfChat: () => listed(and(ofChat, after)).limit(limitOf('limit')).prepare(),
    runningSessions: () => listed(eq(sessions.containerStatus, sql`'running'`)).prepare(),
    activeOfChat: () => listed(and(ofChat, active)).prepare(),
  }
}

function dueStatements(orm: Orm) {
  return {
    dueSessions: () =>
      orm
        .select(columns)
        .from(sessions)
        .where(and(lte(sessions.nextDueAt, sql.placeholder('now')), active))
        .orderBy(asc(sessions.nextDueAt))
        .limit(limitOf('limit'))
        .prepare(),
    firstDue: () =>
      orm
        .select({ nextDueAt: sessions.nextDueAt })
        .from(sessions)
        .where(and(gt(sessions.nextDueAt, sql.placeholder('after')), active))
        .orderBy(asc(sessions.nextDueAt))
        .limit(limitOne())
        .prepare(),
  }
}

/** The statements on sessions. */
export function sessionStatements(orm: Orm) {
  const at = sql.placeholder('at')
  const isOpen = sql`${sessions.lastEvent} = ${sql.raw(String(anyStamp))}`
  return {
    ...lookUps(orm),
    ...dueStatements(orm),
    insertSession: () =>
      orm
        .insert(sessions)
        .values({
          id: sql.placeholder('id'),
          key: sql.placeholder('key'),
          agentGroupId: sql.placeholder('agentGroupId'),
          messagingGroupId: sql.placeholder('messagingGroupId'),
          threadId: sql.placeholder('threadId'),
          createdAt: sql.placeholder('createdAt'),
          oldestAt: sql.placeholder('createdAt'),
        })
        .prepare(),
    setDue: () =>
      orm
        .update(sessions)
        .set({
          nextDueAt: sql`${at}`,
          lastEvent: sql`CASE WHEN ${isOpen} THEN ${sql.placeholder('last')} ELSE ${sessions.lastEvent} END`,
        })
        .where(id)
        .prepare(),
    isAnnounced: () =>
      orm
        .select({
          announced: sql<number>`coalesce(${sessions.nextDueAt} <= ${at} AND ${isOpen}, 0)`,
        })
        .from(sessions)
        .where(id)
        .prepare(),
    announce: () =>
      orm
        .update(sessions)
        .set({
          nextDueAt: sql`min(coalesce(${sessions.nextDueAt}, ${at}), ${at})`,
          lastEvent: sql.raw(String(anyStamp)),
        })
        .where(id)
        .prepare(),
    beginEpoch: () =>
      orm
        .update(sessions)
        .set({ epoch: sql`${sessions.epoch} + 1`, containerStatus: sql`'running'` })
        .where(id)
        .returning({ epoch: sessions.epoch })
        .prepare(),
    setContainerStatus: () =>
      orm
        .update(sessions)
        .set({ containerStatus: sql`${sql.placeholder('status')}` })
        .where(id)
        .prepare(),
    setLastActive: () =>
      orm
        .update(sessions)
        .set({ lastActive: sql`${at}` })
        .where(id)
        .prepare(),
    setOldest: () =>
      orm
        .update(sessions)
        .set({ oldestAt: sql`${at}` })
        .where(id)
        .prepare(),
    markOpen: () =>
      orm
        .update(sessions)
        .set({ lastEvent: sql.raw(String(anyStamp)) })
        .where(id)
        .prepare(),
    lastEvent: () =>
      orm.select({ lastEvent: sessions.lastEvent }).from(sessions).where(id).prepare(),
  }
}
