import type { Place } from '@nanoclaw/schema/plain'
import type { CentralSql } from '../central/write-tools.ts'
import type { Session } from '../sessions/types.ts'
import type { HeardFrom } from './types.ts'

function columnsOf({ channelType, channelInstance, platformId }: Place): Place {
  return { channelType, channelInstance, platformId }
}

/** What other parts of the core look up of who has been heard, inside their own read or write. */
export function heardRows({ sql }: CentralSql) {
  const isFedByStrangers = ({ agentGroupId, messagingGroupId }: Session, isShared: boolean) => {
    if (messagingGroupId !== null) {
      return sql.chatById().get({ id: messagingGroupId })?.unknownSenders === 'public'
    }
    return isShared && sql.openSharedChat().get({ agentGroupId }) !== undefined
  }
  const hasStranger = (sessionId: string, agentGroupId: string): boolean =>
    sql.strangerHeard().get({ sessionId, agentGroupId }) !== undefined
  return {
    all: (sessionId: string): HeardFrom[] =>
      sql
        .heardOfSession()
        .all({ sessionId })
        .map(({ userId, ...row }) => ({ place: columnsOf(row), userId })),
    has: (sessionId: string, { place, userId }: HeardFrom): boolean =>
      sql.isHeard().get({ sessionId, ...columnsOf(place), userId }) !== undefined,
    /** Whether any of whom the session has heard is no member of the agent now. */
    hasStranger,
    /** Whether any of those whom the session has heard at a place is none. */
    hasStrangerAt: (sessionId: string, agentGroupId: string, place: Place): boolean =>
      sql.strangerHeardAt().get({ sessionId, agentGroupId, ...columnsOf(place) }) !== undefined,
    strangers: (sessionId: string, agentGroupId: string): string[] => {
      const rows = sql.strangersHeard().all({ sessionId, agentGroupId })
      return [...new Set(rows.map(({ userId }) => userId))]
    },
    /** `isShared`: all chats of its agent that are wired so feed it. */
    isOpen: (session: Session, isShared: boolean): boolean =>
      isFedByStrangers(session, isShared) || hasStranger(session.id, session.agentGroupId),
    put: (sessionId: string, { place, userId }: HeardFrom, since: string): void =>
      void sql.insertHeard().run({ sessionId, ...columnsOf(place), userId, since }),
    clear: (sessionId: string): void => void sql.clearHeard().run({ sessionId }),
  }
}

/** What {@link heardRows} gives. */
export type HeardRows = ReturnType<typeof heardRows>
