import { NanoclawError } from '@nanoclaw/schema'
import { sessions } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, gt, lte, sql } from 'drizzle-orm'
import { oneOf } from '../central/narrow.ts'
import type { CentralOrm } from '../central/write-tools.ts'
import { anyStamp } from '../events/stamps.ts'
import type { Session } from './types.ts'

/** A row as callers see it. */
export function toSession({
  lastEvent: _,
  oldestAt: __,
  ...row
}: typeof sessions.$inferSelect): Session {
  return {
    ...row,
    status: oneOf(['active', 'closed'], row.status, 'sessions.status'),
    containerStatus: oneOf(
      ['running', 'idle', 'stopped'],
      row.containerStatus,
      'sessions.container_status',
    ),
  }
}

function dueStatements({ orm }: CentralOrm) {
  const id = eq(sessions.id, sql.placeholder('id'))
  const active = eq(sessions.status, sql.raw(`'active'`))
  const due = orm
    .select()
    .from(sessions)
    .where(and(lte(sessions.nextDueAt, sql.placeholder('now')), active))
    .orderBy(asc(sessions.nextDueAt))
    .limit(sql.placeholder('limit'))
    .prepare()
  const firstDue = orm
    .select({ nextDueAt: sessions.nextDueAt })
    .from(sessions)
    .where(and(gt(sessions.nextDueAt, sql.placeholder('after')), active))
    .orderBy(asc(sessions.nextDueAt))
    .limit(1)
    .prepare()
  const at = sql.placeholder('at')
  const isOpen = sql`${sessions.lastEvent} = ${sql.raw(String(anyStamp))}`
  const setDue = orm
    .update(sessions)
    .set({
      nextDueAt: sql`${at}`,
      lastEvent: sql`CASE WHEN ${isOpen} THEN ${sql.placeholder('last')} ELSE ${sessions.lastEvent} END`,
    })
    .where(id)
    .prepare()
  const isAnnounced = orm
    .select({ announced: sql<number>`coalesce(${sessions.nextDueAt} <= ${at} AND ${isOpen}, 0)` })
    .from(sessions)
    .where(id)
    .prepare()
  const announce = orm
    .update(sessions)
    .set({
      nextDueAt: sql`min(coalesce(${sessions.nextDueAt}, ${at}), ${at})`,
      lastEvent: anyStamp,
    })
    .where(id)
    .prepare()
  return { due, firstDue, setDue, isAnnounced, announce }
}

/** The statements on `sessions`. */
export function sessionStatements(central: CentralOrm) {
  const { orm } = central
  const { due, firstDue, setDue, isAnnounced, announce } = dueStatements(central)
  const id = eq(sessions.id, sql.placeholder('id'))
  const active = eq(sessions.status, sql.raw(`'active'`))
  const byId = orm.select().from(sessions).where(id).prepare()
  const byKey = orm
    .select()
    .from(sessions)
    .where(and(eq(sessions.key, sql.placeholder('key')), active))
    .prepare()
  const beginEpoch = orm
    .update(sessions)
    .set({ epoch: sql`${sessions.epoch} + 1`, containerStatus: 'running' })
    .where(id)
    .returning({ epoch: sessions.epoch })
    .prepare()
  const setContainerStatus = orm
    .update(sessions)
    .set({ containerStatus: sql`${sql.placeholder('status')}` })
    .where(id)
    .prepare()
  const setLastActive = orm
    .update(sessions)
    .set({ lastActive: sql`${sql.placeholder('at')}` })
    .where(id)
    .prepare()

  const find = (sessionId: string): Session | undefined => {
    const row = byId.get({ id: sessionId })
    return row === undefined ? undefined : toSession(row)
  }
  const unknown = (sessionId: string): NanoclawError =>
    new NanoclawError('not-found', `expected the id of a session, there is none with ${sessionId}`)
  const changed = (sessionId: string, changes: number): void => {
    if (changes === 0) throw unknown(sessionId)
  }
  return {
    find,
    /** Throws `not-found`. */
    require(sessionId: string): Session {
      const session = find(sessionId)
      if (session === undefined) throw unknown(sessionId)
      return session
    },
    findActive(key: string): Session | undefined {
      const row = byKey.get({ key })
      return row === undefined ? undefined : toSession(row)
    },
    due: (now: string, limit: number): Session[] => due.all({ now, limit }).map(toSession),
    nextDueAt: (after: string): string | null => firstDue.get({ after })?.nextDueAt ?? null,
    /** No event that there is has a larger stamp than `last`. */
    setDue: (sessionId: string, due: string | null, last: number): void =>
      changed(sessionId, setDue.run({ id: sessionId, at: due, last }).changes),
    /** Whether it is due by then, and its mark says that it may get events. Throws `not-found`. */
    isAnnounced(sessionId: string, due: string): boolean {
      const row = isAnnounced.get({ id: sessionId, at: due })
      if (row === undefined) throw unknown(sessionId)
      return row.announced === 1
    },
    /** Due by then, if it is not earlier; it may get events. */
    announce: (sessionId: string, due: string): void =>
      changed(sessionId, announce.run({ id: sessionId, at: due }).changes),
    beginEpoch(sessionId: string): number {
      const row = beginEpoch.get({ id: sessionId })
      if (row === undefined) throw unknown(sessionId)
      return row.epoch
    },
    setContainerStatus: (sessionId: string, status: string): void =>
      changed(sessionId, setContainerStatus.run({ id: sessionId, status }).changes),
    setLastActive: (sessionId: string, moment: string): void =>
      changed(sessionId, setLastActive.run({ id: sessionId, at: moment }).changes),
  }
}

/** What {@link sessionStatements} gives. */
export type SessionStatements = ReturnType<typeof sessionStatements>
