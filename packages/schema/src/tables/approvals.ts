import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** What becomes of an action of an agent: `deny`, `ask`, `allow`. */
export const actionPolicies = sqliteTable(
  'action_policies',
  {
    /** `''`: of agents that have no row of their own. */
    agentGroupId: text('agent_group_id').notNull(),
    action: text('action').notNull(),
    policy: text('policy').notNull(),
    setAt: text('set_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.agentGroupId, t.action] }),
    check('action_policies_policy', sql`${t.policy} IN ('deny', 'ask', 'allow')`),
  ],
)

/** What a person is asked to decide. What is approved is the digest of the effect, once. */
export const approvals = sqliteTable(
  'approvals',
  {
    id: text('id').primaryKey(),
    action: text('action').notNull(),
    /** Whose admins decide. */
    agentGroupId: text('agent_group_id'),
    sessionId: text('session_id'),
    /** Canonical JSON: all that will be done, and nothing else. */
    effect: text('effect').notNull(),
    /** SHA-256 of the effect, in hexadecimal. */
    digest: text('digest').notNull(),
    /** One line for people. */
    summary: text('summary').notNull(),
    reason: text('reason').notNull(),
    /** The row of the agent that asks, or what else asks: another request of it is the same one. */
    requestKey: text('request_key').notNull().unique(),
    /** The user whose message led to it, and that message's row; null where there is none. */
    onUserId: text('on_user_id'),
    onMessageId: text('on_message_id'),
    status: text('status').notNull(),
    createdAt: text('created_at').notNull(),
    expiresAt: text('expires_at').notNull(),
    decidedAt: text('decided_at'),
    /** A person's id, or `operator` for the command line. */
    decidedBy: text('decided_by'),
    decidedVia: text('decided_via'),
    appliedAt: text('applied_at'),
    error: text('error'),
    /** When the one who asked was told of the outcome. */
    toldAt: text('told_at'),
  },
  (t) => [
    index('approvals_pending')
      .on(t.expiresAt)
      .where(sql`${t.status} = 'pending'`),
    index('approvals_unfinished')
      .on(t.status)
      .where(sql.raw(`status = 'approved' OR status <> 'pending' AND told_at IS NULL`)),
    index('approvals_agent').on(t.agentGroupId, t.createdAt),
    check(
      'approvals_status',
      sql`${t.status} IN ('pending', 'approved', 'rejected', 'expired', 'applied', 'failed')`,
    ),
  ],
)

/** The cards by which people are asked, one for each of them. */
export const approvalCards = sqliteTable(
  'approval_cards',
  {
    approvalId: text('approval_id')
      .notNull()
      .references(() => approvals.id),
    /** Who is asked. */
    userId: text('user_id').notNull(),
    /** Their direct chat with the bot. */
    messagingGroupId: text('messaging_group_id').notNull(),
    platformMessageId: text('platform_message_id'),
    /** `waiting`, `shown`, `closed` (it shows the outcome), `failed`. */
    status: text('status').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: text('next_attempt_at'),
    shownAt: text('shown_at'),
    error: text('error'),
  },
  (t) => [
    primaryKey({ columns: [t.approvalId, t.userId] }),
    index('approval_cards_open')
      .on(t.status, t.nextAttemptAt)
      .where(sql`${t.status} IN ('waiting', 'shown')`),
  ],
)

/** What was decided and done, and what was refused; each entry vouches for the one before. */
export const auditLog = sqliteTable('audit_log', {
  /** 1, 2, 3 … without a gap. */
  number: integer('number').primaryKey(),
  at: text('at').notNull(),
  kind: text('kind').notNull(),
  /** A user's or person's id, an agent's, `operator`, or `host`. */
  actor: text('actor').notNull(),
  subject: text('subject').notNull(),
  /** JSON. */
  details: text('details').notNull(),
  /** Hash of the entry before; of the first: 64 zeros. */
  previous: text('previous').notNull(),
  /** SHA-256 of the canonical JSON of all the other columns, in hexadecimal. */
  hash: text('hash').notNull(),
})
