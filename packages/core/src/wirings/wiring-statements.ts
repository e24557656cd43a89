import type { OpenDatabase } from '@nanoclaw/schema/database'
import { messagingGroupAgents } from '@nanoclaw/schema/drizzle'
import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'

/** The statements on wirings. */
export function wiringStatements(orm: OpenDatabase['orm']) {
  const ofChat = eq(messagingGroupAgents.messagingGroupId, sql.placeholder('messagingGroupId'))
  const ofAgent = eq(messagingGroupAgents.agentGroupId, sql.placeholder('agentGroupId'))
  return {
    wiringsOfChat: () =>
      orm
        .select()
        .from(messagingGroupAgents)
        .where(ofChat)
        .orderBy(desc(messagingGroupAgents.priority), asc(insertion))
        .prepare(),
    wiringOfPair: () =>
      orm.select().from(messagingGroupAgents).where(and(ofChat, ofAgent)).prepare(),
    allWirings: () => orm.select().from(messagingGroupAgents).orderBy(asc(insertion)).prepare(),
    insertWiring: () =>
      orm
        .insert(messagingGroupAgents)
        .values({
          id: sql.placeholder('id'),
          messagingGroupId: sql.placeholder('messagingGroupId'),
          agentGroupId: sql.placeholder('agentGroupId'),
          sessionMode: sql.placeholder('sessionMode'),
          engageMode: sql.placeholder('engageMode'),
          priority: sql.placeholder('priority'),
          createdAt: sql.placeholder('createdAt'),
        })
        .prepare(),
  }
}
