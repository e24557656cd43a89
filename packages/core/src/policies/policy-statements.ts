import type { OpenDatabase } from '@nanoclaw/schema/database'
import { actionPolicies } from '@nanoclaw/schema/drizzle'
import { and, eq, sql } from 'drizzle-orm'

/** The statements on policies. */
export function policyStatements(orm: OpenDatabase['orm']) {
  const { agentGroupId, action } = actionPolicies
  return {
    policyOf: () =>
      orm
        .select()
        .from(actionPolicies)
        .where(
          and(
            eq(agentGroupId, sql.placeholder('agentGroupId')),
            eq(action, sql.placeholder('action')),
          ),
        )
        .prepare(),
    allPolicies: () => orm.select().from(actionPolicies).orderBy(agentGroupId, action).prepare(),
    putPolicy: () =>
      orm
        .insert(actionPolicies)
        .values({
          agentGroupId: sql.placeholder('agentGroupId'),
          action: sql.placeholder('action'),
          policy: sql.placeholder('policy'),
          setAt: sql.placeholder('setAt'),
        })
        .onConflictDoUpdate({
          target: [agentGroupId, action],
          set: { policy: sql`excluded.policy`, setAt: sql`excluded.set_at` },
        })
        .prepare(),
  }
}
