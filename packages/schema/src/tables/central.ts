import { sql } from 'drizzle-orm'
import {
  check,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'

/** Who can be talked to: one row per agent. Written by the host. */
export const agentGroups = sqliteTable('agent_groups', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** Folder name below `agents/`; unique and safe in a path. */
  folder: text('folder').notNull().unique(),
  agentProvider: text('agent_provider').notNull().default('scripted'),
  isAdmin: integer('is_admin').notNull().default(0),
  /** What becomes of visible text that addresses nobody: `scratchpad` or `origin`. */
  unaddressedOutput: text('unaddressed_output').notNull().default('scratchpad'),
  createdAt: text('created_at').notNull(),
  /** What becomes of a turn whose container died: `rerun`, or `ask` a person first. */
  onInterrupted: text('on_interrupted').notNull().default('rerun'),
  /** What has ended is kept so many days (fractions allowed); null: for ever. */
  retentionDays: real('retention_days').default(90),
  /** 1: what is pruned goes into the archive of its session first. */
  archive: integer('archive').notNull().default(1),
  /** The agent that asked for it to be made; null: a person made it. */
  parentId: text('parent_id'),
  /** A tombstone: its name, folder and id are given to nobody else. */
  deletedAt: text('deleted_at'),
})

/** Chats: one row per place on a channel. */
export const messagingGroups = sqliteTable(
  'messaging_groups',
  {
    id: text('id').primaryKey(),
    channelType: text('channel_type').notNull(),
    channelInstance: text('channel_instance').notNull().default(''),
    platformId: text('platform_id').notNull(),
    name: text('name').notNull(),
    createdAt: text('created_at').notNull(),
    /** Whose messages an agent is given who is no member: `strict` (nobody's), `request_approval`, `public`. */
    unknownSenders: text('unknown_senders').notNull().default('strict'),
    /** As the adapter said last: `direct`, `group`, `channel`; null: not known yet. */
    kind: text('kind'),
    /** A tombstone: nothing is routed from here or to here. */
    deletedAt: text('deleted_at'),
  },
  (t) => [uniqueIndex('messaging_groups_place').on(t.channelType, t.channelInstance, t.platformId)],
)

/** Wirings: which agent listens to which chat, and how. */
export const messagingGroupAgents = sqliteTable(
  'messaging_group_agents',
  {
    id: text('id').primaryKey(),
    messagingGroupId: text('messaging_group_id')
      .notNull()
      .references(() => messagingGroups.id),
    agentGroupId: text('agent_group_id')
      .notNull()
      .references(() => agentGroups.id),
    sessionMode: text('session_mode').notNull().default('shared'),
    engageMode: text('engage_mode').notNull().default('always'),
    /** Higher is asked first. */
    priority: integer('priority').notNull().default(0),
    createdAt: text('created_at').notNull(),
    /** For `pattern`: a regular expression of RE2. */
    engagePattern: text('engage_pattern'),
    /** What becomes of a message that does not engage: `drop`, or `accumulate` as context. */
    ignored: text('ignored').notNull().default('drop'),
  },
  (t) => [
    uniqueIndex('messaging_group_agents_pair').on(t.messagingGroupId, t.agentGroupId),
    check(
      'messaging_group_agents_session_mode',
      sql`${t.sessionMode} IN ('shared', 'per-thread', 'agent-shared')`,
    ),
    check(
      'messaging_group_agents_engage_mode',
      sql`${t.engageMode} IN ('always', 'mention', 'mention-sticky', 'pattern')`,
    ),
  ],
)

/** Sessions: one row per conversation; the rows' messages are in the session's own files. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    key: text('key').notNull(),
    agentGroupId: text('agent_group_id')
      .notNull()
      .references(() => agentGroups.id),
    messagingGroupId: text('messaging_group_id').references(() => messagingGroups.id),
    threadId: text('thread_id'),
    /** Overrides the agent group's provider. */
    agentProvider: text('agent_provider'),
    status: text('status').notNull().default('active'),
    containerStatus: text('container_status').notNull().default('stopped'),
    epoch: integer('epoch').notNull().default(0),
    nextDueAt: text('next_due_at'),
    lastActive: text('last_active'),
    /**
     * No event of the session has a larger stamp; 2^53 - 1 while it may get more, null while it
     * never had one.
     */
    lastEvent: integer('last_event'),
    createdAt: text('created_at').notNull(),
    /** Nothing that has happened in the session before is left; null: not known. */
    oldestAt: text('oldest_at'),
  },
  (t) => [
    uniqueIndex('sessions_active_key')
      .on(t.key)
      .where(sql`${t.status} = 'active'`),
    index('sessions_next_due_at')
      .on(t.nextDueAt)
      .where(sql`${t.nextDueAt} IS NOT NULL`),
    index('sessions_last_event').on(t.lastEvent),
    index('sessions_agent_group').on(t.agentGroupId),
    index('sessions_oldest').on(t.agentGroupId, t.oldestAt),
    index('sessions_messaging_group').on(t.messagingGroupId),
    check('sessions_status', sql`${t.status} IN ('active', 'closed')`),
    check('sessions_container_status', sql`${t.containerStatus} IN ('running', 'idle', 'stopped')`),
  ],
)

/**
 * Address book and permission in one: no live row, no delivery. A revoked row stays as a
 * tombstone (`revoked_at`), so that its name is never silently given to somebody else.
 */
export const agentDestinations = sqliteTable(
  'agent_destinations',
  {
    agentGroupId: text('agent_group_id')
      .notNull()
      .references(() => agentGroups.id),
    localName: text('local_name').notNull(),
    displayName: text('display_name').notNull(),
    targetType: text('target_type').notNull(),
    /** A messaging group's id for `channel`, an agent group's for `agent`. */
    targetId: text('target_id').notNull(),
    /** For whom the grant holds: `members` (containers no stranger has spoken to) or `anyone`. */
    when: text('when').notNull().default('members'),
    createdAt: text('created_at').notNull(),
    revokedAt: text('revoked_at'),
  },
  (t) => [
    primaryKey({ columns: [t.agentGroupId, t.localName] }),
    uniqueIndex('agent_destinations_target')
      .on(t.agentGroupId, t.targetType, t.targetId)
      .where(sql`${t.revokedAt} IS NULL`),
    check('agent_destinations_target_type', sql`${t.targetType} IN ('channel', 'agent')`),
    check('agent_destinations_when', sql`${t.when} IN ('members', 'anyone')`),
  ],
)

/** System actions already applied; the id goes in with the effect, in one transaction. */
export const appliedActions = sqliteTable('applied_actions', {
  actionId: text('action_id').primaryKey(),
  sessionId: text('session_id').notNull(),
  action: text('action').notNull(),
  appliedAt: text('applied_at').notNull(),
})

/** What the operator has to know. One open row per kind and subject, however often it recurs. */
export const incidents = sqliteTable(
  'incidents',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    subject: text('subject').notNull(),
    sessionId: text('session_id'),
    agentGroupId: text('agent_group_id'),
    message: text('message').notNull(),
    occurrences: integer('occurrences').notNull().default(1),
    openedAt: text('opened_at').notNull(),
    lastSeenAt: text('last_seen_at').notNull(),
    resolvedAt: text('resolved_at'),
    /** When the operator was told, and through which sink. */
    toldAt: text('told_at'),
    toldThrough: text('told_through'),
    tellAttempts: integer('tell_attempts').notNull().default(0),
    /** Until then it is put off; once told, a new one of its kind and subject is. */
    nextTellAt: text('next_tell_at'),
  },
  (t) => [
    uniqueIndex('incidents_open')
      .on(t.kind, t.subject)
      .where(sql`${t.resolvedAt} IS NULL`),
    index('incidents_untold')
      .on(t.nextTellAt)
      .where(sql`${t.resolvedAt} IS NULL AND ${t.toldAt} IS NULL`),
    index('incidents_told')
      .on(t.kind, t.subject, t.toldAt)
      .where(sql`${t.toldAt} IS NOT NULL`),
    index('incidents_told_at')
      .on(t.toldAt)
      .where(sql`${t.toldAt} IS NOT NULL`),
  ],
)

/** What happened to incidents, for whoever subscribes. Of its repeats each has the last alone. */
export const incidentEvents = sqliteTable(
  'incident_events',
  {
    /** The stamp: one rising number line per home. */
    id: integer('id').primaryKey(),
    at: text('at').notNull(),
    incidentId: text('incident_id')
      .notNull()
      .references(() => incidents.id),
    /** `opened`, `again`, `resolved`. */
    change: text('change').notNull(),
    occurrences: integer('occurrences').notNull(),
    message: text('message').notNull(),
  },
  (t) => [uniqueIndex('incident_events_change').on(t.incidentId, t.change)],
)

/** What a channel adapter keeps across restarts (offsets, sync tokens). */
export const channelState = sqliteTable(
  'channel_state',
  {
    channelType: text('channel_type').notNull(),
    channelInstance: text('channel_instance').notNull(),
    key: text('key').notNull(),
    value: text('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.channelType, t.channelInstance, t.key] })],
)

/** Sends that a platform has queued, by idempotency key: whose they are when it says more later. */
export const receipts = sqliteTable(
  'receipts',
  {
    key: text('key').primaryKey(),
    sessionId: text('session_id').notNull(),
    messageOutId: text('message_out_id').notNull(),
    part: integer('part').notNull(),
    createdAt: text('created_at').notNull(),
  },
  (t) => [index('receipts_created_at').on(t.createdAt)],
)

/** Facts about this installation: `install_id`, `event_ceiling` (stamps up to it may be given). */
export const meta = sqliteTable('meta', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
})

// drizzle-kit looks for the tables of a database in one file.
export { actionPolicies, approvalCards, approvals, auditLog } from './approvals.ts'
export { engagements, heard, heldEvents, people, userRoles, users } from './people.ts'
