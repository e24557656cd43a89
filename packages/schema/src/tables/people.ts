import { sql } from 'drizzle-orm'
import { check, index, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** Threads in which an agent goes on without being named, because it was (`mention-sticky`). */
export const engagements = sqliteTable(
  'engagements',
  {
    wiringId: text('wiring_id').notNull(),
    /** `''` outside any thread. */
    threadId: text('thread_id').notNull(),
    engagedAt: text('engaged_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.wiringId, t.threadId] })],
)

/** People: whoever roles are given to. */
export const people = sqliteTable('people', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: text('created_at').notNull(),
})

/** Accounts of people on channels; a person may have several. */
export const users = sqliteTable(
  'users',
  {
    /** `<channel>:<handle>`, with `/<instance>` after the channel where there are several bots. */
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    channelType: text('channel_type').notNull(),
    channelInstance: text('channel_instance').notNull().default(''),
    /** The platform's stable id of the person. */
    handle: text('handle').notNull(),
    createdAt: text('created_at').notNull(),
    /** The direct chat of this person with the bot, once it is known: a messaging group's id. */
    directChatId: text('direct_chat_id'),
  },
  (t) => [
    uniqueIndex('users_account').on(t.channelType, t.channelInstance, t.handle),
    index('users_person').on(t.personId),
  ],
)

/** Who may what: `owner` and `admin` decide, `member` may be heard. */
export const userRoles = sqliteTable(
  'user_roles',
  {
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    role: text('role').notNull(),
    /** `''`: for all agents. An owner is one of all. */
    agentGroupId: text('agent_group_id').notNull().default(''),
    grantedAt: text('granted_at').notNull(),
    /** A person's id, or `operator` for the command line. */
    grantedBy: text('granted_by').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.personId, t.role, t.agentGroupId] }),
    check('user_roles_role', sql`${t.role} IN ('owner', 'admin', 'member')`),
    check('user_roles_owner', sql`${t.role} <> 'owner' OR ${t.agentGroupId} = ''`),
  ],
)

/** Events of unknown senders that wait for somebody to let them in; routed anew when that is so. */
export const heldEvents = sqliteTable(
  'held_events',
  {
    id: text('id').primaryKey(),
    approvalId: text('approval_id').notNull(),
    messagingGroupId: text('messaging_group_id').notNull(),
    userId: text('user_id').notNull(),
    /** That of the row that it would be. */
    dedupeKey: text('dedupe_key').notNull(),
    /** The event as JSON, without what can be fetched only once. */
    event: text('event').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [uniqueIndex('held_events_key').on(t.approvalId, t.dedupeKey)],
)

/**
 * Whom the agent of a session has heard since the session began, or was last cleared; written before
 * the row is. It goes by conversation, not by container: what a stranger said is read on by the next.
 */
export const heard = sqliteTable(
  'heard',
  {
    sessionId: text('session_id').notNull(),
    /** Where: a chat, or the agent that mailed it. */
    channelType: text('channel_type').notNull(),
    channelInstance: text('channel_instance').notNull(),
    platformId: text('platform_id').notNull(),
    /** A user's id; `''`: nobody's, such as a webhook's. */
    userId: text('user_id').notNull(),
    since: text('since').notNull(),
  },
  (t) => [
    primaryKey({
      columns: [t.sessionId, t.channelType, t.channelInstance, t.platformId, t.userId],
    }),
    index('heard_user').on(t.userId),
  ],
)
