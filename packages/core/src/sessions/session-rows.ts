import { NanoclawError } from '@nanoclaw/schema/plain'
import type { CentralStatements } from '../central/central-statements.ts'
import { oneOf } from '../central/narrow.ts'
import type { CentralSql } from '../central/write-tools.ts'
import type { Session } from './types.ts'

type SessionColumns = NonNullable<ReturnType<ReturnType<CentralStatements['sessionById']>['get']>>

/** A row as callers see it. */
function toSession(row: SessionColumns): Session {
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

/** A row with its place in the order in which they were made. */
export type ListedSession = SessionColumns & { readonly insertion: number }

/** Listed rows as callers see them, in their order. */
export function inOrder(rows: readonly ListedSession[]): Session[] {
  return rows
    .toSorted((a, b) => a.insertion - b.insertion)
    .map(({ insertion: _, ...row }) => toSession(row))
}

/** What is looked up and written of sessions. */
export function sessionRows({ sql }: CentralSql) {
  const find = (sessionId: string): Session | undefined => {
    const row = sql.sessionById().get({ id: sessionId })
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
      const row = sql.sessionByKey().get({ key })
      return row === undefined ? undefined : inOrder([row])[0]
    },
    due: (now: string, limit: number): Session[] =>
      sql.dueSessions().all({ now, limit }).map(toSession),
    nextDueAt: (after: string): string | null => sql.firstDue().get({ after })?.nextDueAt ?? null,
    /** No event that there is has a larger stamp than `last`. */
    setDue: (sessionId: string, due: string | null, last: number): void =>
      changed(sessionId, sql.setDue().run({ id: sessionId, at: due, last }).changes),
    /** Whether it is due by then, and its mark says that it may get events. Throws `not-found`. */
    isAnnounced(sessionId: string, due: string): boolean {
      const row = sql.isAnnounced().get({ id: sessionId, at: due })
      if (row === undefined) throw unknown(sessionId)
      return row.announced === 1
    },
    /** Due by then, if it is not earlier; it may get events. */
    announce: (sessionId: string, due: string): void =>
      changed(sessionId, sql.announce().run({ id: sessionId, at: due }).changes),
    beginEpoch(sessionId: string): number {
      const row = sql.beginEpoch().get({ id: sessionId })
      if (row === undefined) throw unknown(sessionId)
      return row.epoch
    },
    setContainerStatus: (sessionId: string, status: string): void =>
      changed(sessionId, sql.setContainerStatus().run({ id: sessionId, status }).changes),
    setLastActive: (sessionId: string, moment: string): void =>
      changed(sessionId, sql.setLastActive().run({ id: sessionId, at: moment }).changes),
  }
}

/** What {@link sessionRows} gives. */
export type SessionRows = ReturnType<typeof sessionRows>
