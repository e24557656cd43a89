import type { OpenDatabase } from '@nanoclaw/schema/database'
import { agentDestinations } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'

/** The statements on destinations, live ones and tombstones. */
export function destinationStatements(orm: OpenDatabase['orm']) {
  const { localName, revokedAt, targetType, targetId } = agentDestinations
  const ofAgent = eq(agentDestinations.agentGroupId, sql.placeholder('agentGroupId'))
  const columns = {
    displayName: sql.placeholder('displayName'),
    targetType: sql.placeholder('targetType'),
    targetId: sql.placeholder('targetId'),
    when: sql.placeholder('when'),
    createdAt: sql.placeholder('createdAt'),
    revokedAt: sql.placeholder('revokedAt'),
  }
  return {
    destinationsOfAgent: () =>
      orm.select().from(agentDestinations).where(ofAgent).orderBy(asc(localName)).prepare(),
    liveDestinations: () =>
      orm
        .select()
        .from(agentDestinations)
        .where(and(ofAgent, isNull(revokedAt)))
        .orderBy(asc(localName))
        .prepare(),
    destinationByTarget: () =>
      orm
        .select()
        .from(agentDestinations)
        .where(
          and(
            ofAgent,
            eq(targetType, sql.placeholder('targetType')),
            eq(targetId, sql.placeholder('targetId')),
            isNull(revokedAt),
          ),
        )
        .prepare(),
    /** Of whichever agent. Walks the table: once in the life of a chat or agent. */
    revokeByTarget: () =>
      orm
        .update(agentDestinations)
        .set({ revokedAt: sql`${sql.placeholder('revokedAt')}` })
        .where(
          and(
            eq(targetType, sql.placeholder('targetType')),
            eq(targetId, sql.placeholder('targetId')),
            isNull(revokedAt),
          ),
        )
        .returning({ agentGroupId: agentDestinations.agentGroupId })
        .prepare(),
    revokeAll: () =>
      orm
        .update(agentDestinations)
        .set({ revokedAt: sql`${sql.placeholder('revokedAt')}` })
        .where(and(ofAgent, isNull(revokedAt)))
        .prepare(),
    /** In the place of the one of its name, where there is one. */
    putDestination: () =>
      orm
        .insert(agentDestinations)
        .values({
          agentGroupId: sql.placeholder('agentGroupId'),
          localName: sql.placeholder('localName'),
          ...columns,
        })
        .onConflictDoUpdate({
          target: [agentDestinations.agentGroupId, localName],
          set: {
            displayName: sql`excluded.display_name`,
            targetType: sql`excluded.target_type`,
            targetId: sql`excluded.target_id`,
            when: sql`excluded."when"`,
            createdAt: sql`excluded.created_at`,
            revokedAt: sql`excluded.revoked_at`,
          },
        })
        .prepare(),
  }
}
