import type { OpenDatabase } from '@nanoclaw/schema/database'
import {
  agentDestinations,
  heard,
  messagingGroupAgents,
  messagingGroups,
  userRoles,
  users,
} from '@nanoclaw/schema/drizzle'
import { and, eq, sql } from 'drizzle-orm'
import { limitOne } from '../statements/limit.ts'

const ofSession = eq(heard.sessionId, sql.placeholder('sessionId'))
const atPlace = and(
  eq(heard.channelType, sql.placeholder('channelType')),
  eq(heard.channelInstance, sql.placeholder('channelInstance')),
  eq(heard.platformId, sql.placeholder('platformId')),
)
/** Agents are no strangers: with their mail come those whom they have heard. */
const ofStranger = sql`substr(${heard.userId}, 1, 6) <> 'agent:' AND NOT EXISTS (SELECT 1 FROM ${users} JOIN ${userRoles} ON ${userRoles.personId} = ${users.personId} WHERE ${users.id} = ${heard.userId} AND ${userRoles.agentGroupId} IN ('', ${sql.placeholder('agentGroupId')}))`

/** The statements on who has been heard. */
export function heardStatements(orm: OpenDatabase['orm']) {
  const { userId } = heard
  return {
    heardOfSession: () => orm.select().from(heard).where(ofSession).prepare(),
    isHeard: () =>
      orm
        .select({ userId })
        .from(heard)
        .where(and(ofSession, atPlace, eq(userId, sql.placeholder('userId'))))
        .prepare(),
    strangerHeard: () =>
      orm
        .select({ userId })
        .from(heard)
        .where(and(ofSession, ofStranger))
        .limit(limitOne())
        .prepare(),
    strangerHeardAt: () =>
      orm
        .select({ userId })
        .from(heard)
        .where(and(ofSession, atPlace, ofStranger))
        .limit(limitOne())
        .prepare(),
    strangersHeard: () =>
      orm.select({ userId }).from(heard).where(and(ofSession, ofStranger)).prepare(),
    /** A wiring has its destination, live or a tombstone: by these they are found by index. */
    openSharedChat: () =>
      orm
        .select({ id: messagingGroups.id })
        .from(agentDestinations)
        .innerJoin(
          messagingGroupAgents,
          and(
            eq(messagingGroupAgents.messagingGroupId, agentDestinations.targetId),
            eq(messagingGroupAgents.agentGroupId, agentDestinations.agentGroupId),
          ),
        )
        .innerJoin(messagingGroups, eq(messagingGroups.id, messagingGroupAgents.messagingGroupId))
        .where(
          and(
            eq(agentDestinations.agentGroupId, sql.placeholder('agentGroupId')),
            eq(agentDestinations.targetType, sql`'channel'`),
            eq(messagingGroupAgents.sessionMode, sql`'agent-shared'`),
            eq(messagingGroups.unknownSenders, sql`'public'`),
          ),
        )
        .limit(limitOne())
        .prepare(),
    insertHeard: () =>
      orm
        .insert(heard)
        .values({
          sessionId: sql.placeholder('sessionId'),
          channelType: sql.placeholder('channelType'),
          channelInstance: sql.placeholder('channelInstance'),
          platformId: sql.placeholder('platformId'),
          userId: sql.placeholder('userId'),
          since: sql.placeholder('since'),
        })
        .onConflictDoNothing()
        .prepare(),
    clearHeard: () => orm.delete(heard).where(ofSession).prepare(),
  }
}
