import type { OpenDatabase } from '@nanoclaw/schema/database'
import { agentGroups } from '@nanoclaw/schema/drizzle'
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'

/** The statements on agents that agents have asked for. */
export function childStatements(orm: OpenDatabase['orm']) {
  const ofParent = eq(agentGroups.parentId, sql.placeholder('parentId'))
  return {
    setAgentParent: () =>
      orm
        .update(agentGroups)
        .set({ parentId: sql`${sql.placeholder('parentId')}` })
        .where(eq(agentGroups.id, sql.placeholder('id')))
        .prepare(),
    /** Walks the agents, which are few. */
    countChildren: () =>
      orm
        .select({ count: sql<number>`count(*)` })
        .from(agentGroups)
        .where(and(ofParent, isNull(agentGroups.deletedAt)))
        .prepare(),
    childrenNamed: () =>
      orm
        .select({ id: agentGroups.id })
        .from(agentGroups)
        .where(and(ofParent, eq(agentGroups.name, sql.placeholder('name'))))
        .orderBy(desc(insertion))
        .prepare(),
  }
}
