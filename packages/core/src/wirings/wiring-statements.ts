import type { OpenDatabase } from '@nanoclaw/schema/database'
import { engagements, messagingGroupAgents } from '@nanoclaw/schema/drizzle'
import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'

/** The statements on wirings. */
export function wiringStatements(orm: OpenDatabase['orm']) {
  const ofChat = eq(messagingGroupAgents.messagingGroupId, sql.placeholder('messagingGroupId'))
  const ofAgent = eq(messagingGroupAgents.agentGroupId, sql.placeholder('agentGroupId'))
  const isIt = eq(messagingGroupAgents.id, sql.placeholder('id'))
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
    wiringById: () => orm.select().from(messagingGroupAgents).where(isIt).prepare(),
    setWiring: () =>
      orm
        .update(messagingGroupAgents)
        .set({
          sessionMode: sql`${sql.placeholder('sessionMode')}`,
          engageMode: sql`${sql.placeholder('engageMode')}`,
          priority: sql`${sql.placeholder('priority')}`,
          engagePattern: sql`${sql.placeholder('engagePattern')}`,
          ignored: sql`${sql.placeholder('ignored')}`,
        })
        .where(isIt)
        .prepare(),
    engagement: () =>
      orm
        .select({ engagedAt: engagements.engagedAt })
        .from(engagements)
        .where(
          and(
            eq(engagements.wiringId, sql.placeholder('wiringId')),
            eq(engagements.threadId, sql.placeholder('threadId')),
          ),
        )
        .prepare(),
    noteEngagement: () =>
      orm
        .insert(engagements)
        .values({
          wiringId: sql.placeholder('wiringId'),
          threadId: sql.placeholder('threadId'),
          engagedAt: sql.placeholder('engagedAt'),
        })
        .onConflictDoNothing()
        .prepare(),
    removeWiring: () => orm.delete(messagingGroupAgents).where(and(ofChat, ofAgent)).prepare(),
    removeWiringsOfChat: () => orm.delete(messagingGroupAgents).where(ofChat).prepare(),
    removeWiringsOfAgent: () => orm.delete(messagingGroupAgents).where(ofAgent).prepare(),
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
          engagePattern: sql.placeholder('engagePattern'),
          ignored: sql.placeholder('ignored'),
          createdAt: sql.placeholder('createdAt'),
        })
        .prepare(),
  }
}
