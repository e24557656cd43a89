import type { OpenDatabase } from '@nanoclaw/schema/database'
import { meta, sessions } from '@nanoclaw/schema/drizzle'
import { eq, sql } from 'drizzle-orm'
import { agentStatements } from '../agents/agent-statements.ts'
import { approvalStatements } from '../approvals/approval-statements.ts'
import { cardStatements } from '../approvals/card-statements.ts'
import { auditStatements } from '../audit/audit-statements.ts'
import { channelStateStatements, chatStatements } from '../chats/chat-statements.ts'
import { destinationStatements } from '../destinations/destination-statements.ts'
import { childStatements } from '../children/child-statements.ts'
import { centralEventStatements } from '../events/event-statements.ts'
import { heardStatements } from '../heard/heard-statements.ts'
import { heldStatements } from '../held/held-statements.ts'
import { incidentStatements } from '../incidents/incident-statements.ts'
import { receiptStatements } from '../ledger/receipt-statements.ts'
import { peopleStatements } from '../people/people-statements.ts'
import { policyStatements } from '../policies/policy-statements.ts'
import { sessionStatements } from '../sessions/session-statements.ts'
import type { Bound } from '../statements/types.ts'
import { wiringStatements } from '../wirings/wiring-statements.ts'
import { limitOf } from '../statements/limit.ts'

type Orm = OpenDatabase['orm']

function metaStatements(orm: Orm) {
  return {
    meta: () =>
      orm
        .select({ value: meta.value })
        .from(meta)
        .where(eq(meta.key, sql.placeholder('key')))
        .prepare(),
    setMeta: () =>
      orm
        .insert(meta)
        .values({ key: sql.placeholder('key'), value: sql.placeholder('value') })
        .onConflictDoUpdate({ target: meta.key, set: { value: sql`excluded.value` } })
        .prepare(),
  }
}

function pruningStatements(orm: Orm) {
  const columns = { sessionId: sessions.id, agentGroupId: sessions.agentGroupId }
  const ofAgent = sql`${sessions.agentGroupId} = ${sql.placeholder('agentGroupId')}`
  return {
    neverPruned: () =>
      orm
        .select(columns)
        .from(sessions)
        .where(sql`${ofAgent} AND ${sessions.oldestAt} IS NULL`)
        .limit(limitOf('limit'))
        .prepare(),
    /** Walks all sessions: once in the life of a home. */
    newestMoment: () =>
      orm
        .select({
          at: sql<string | null>`max(coalesce(${sessions.lastActive}, ${sessions.createdAt}))`,
        })
        .from(sessions)
        .prepare(),
    prunedBefore: () =>
      orm
        .select(columns)
        .from(sessions)
        .where(sql`${ofAgent} AND ${sessions.oldestAt} < ${sql.placeholder('before')}`)
        .orderBy(sessions.oldestAt)
        .limit(limitOf('limit'))
        .prepare(),
  }
}

/**
 * The statements of `central.db`, as Drizzle writes them. `scripts/generate-statements.ts` makes
 * `central-statements.generated.ts` of them, which is what runs.
 */
export function centralStatements(orm: Orm) {
  return {
    ...metaStatements(orm),
    ...agentStatements(orm),
    ...childStatements(orm),
    ...chatStatements(orm),
    ...channelStateStatements(orm),
    ...wiringStatements(orm),
    ...destinationStatements(orm),
    ...heardStatements(orm),
    ...sessionStatements(orm),
    ...pruningStatements(orm),
    ...centralEventStatements(orm),
    ...incidentStatements(orm),
    ...receiptStatements(orm),
    ...peopleStatements(orm),
    ...heldStatements(orm),
    ...auditStatements(orm),
    ...policyStatements(orm),
    ...approvalStatements(orm),
    ...cardStatements(orm),
  }
}

/** The statements of an open `central.db`, each prepared at its first use. */
export type CentralStatements = Bound<ReturnType<typeof centralStatements>>
