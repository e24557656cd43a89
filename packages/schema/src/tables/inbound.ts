import { sql } from 'drizzle-orm'
import {
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'

/** Rows for the agent. Written by the host alone; the runner answers in `processing_ack`. */
export const messagesIn = sqliteTable(
  'messages_in',
  {
    id: text('id').primaryKey(),
    /** Even. */
    seq: integer('seq').notNull(),
    kind: text('kind').notNull(),
    timestamp: text('timestamp').notNull(),
    status: text('status').notNull().default('pending'),
    processAfter: text('process_after'),
    recurrence: text('recurrence'),
    /** How many runners died holding this row. */
    tries: integer('tries').notNull().default(0),
    platformId: text('platform_id'),
    channelType: text('channel_type'),
    threadId: text('thread_id'),
    content: text('content').notNull(),
    channelInstance: text('channel_instance').notNull().default(''),
    platformMessageId: text('platform_message_id'),
    dedupeKey: text('dedupe_key').unique(),
    /** 0: context only, wakes nobody. */
    trigger: integer('trigger').notNull().default(1),
    /** 1: for the first poll of a new runner only. */
    onWake: integer('on_wake').notNull().default(0),
    sourceSessionId: text('source_session_id'),
    hops: integer('hops').notNull().default(0),
    seriesId: text('series_id'),
  },
  (t) => [
    uniqueIndex('messages_in_seq').on(t.seq),
    index('messages_in_pending')
      .on(t.seq)
      .where(sql`${t.status} = 'pending'`),
    // Context rows may be many and wait for long: they are never walked to find what wants an answer.
    index('messages_in_wanting')
      .on(t.seq)
      .where(sql`${t.status} = 'pending' AND ${t.trigger} = 1`),
    check('messages_in_seq_even', sql`${t.seq} % 2 = 0`),
    check('messages_in_status', sql`${t.status} IN ('pending', 'completed', 'failed', 'paused')`),
  ],
)

/** The host's ledger of what the agent said: its own copy, nothing is read from outbound.db twice. */
export const delivered = sqliteTable(
  'delivered',
  {
    messageOutId: text('message_out_id').primaryKey(),
    platformMessageId: text('platform_message_id'),
    status: text('status').notNull(),
    deliveredAt: text('delivered_at'),
    /** Odd: the runner's number; even: the host's own message. */
    seq: integer('seq').notNull(),
    kind: text('kind').notNull(),
    channelType: text('channel_type'),
    channelInstance: text('channel_instance').notNull().default(''),
    platformId: text('platform_id'),
    threadId: text('thread_id'),
    content: text('content').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** How often it was unknown whether a send had happened. */
    ambiguousCount: integer('ambiguous_count').notNull().default(0),
    nextAttemptAt: text('next_attempt_at'),
    error: text('error'),
    inReplyTo: text('in_reply_to'),
    /** As the runner says, as the next. */
    turnId: text('turn_id'),
    writtenAt: text('written_at'),
    /** When the host took it, or made it. */
    takenAt: text('taken_at'),
    /** When a call of the adapter was first announced, and last. */
    firstSentAt: text('first_sent_at'),
    lastSentAt: text('last_sent_at'),
    /** When a person was asked whether it arrived. */
    askedAt: text('asked_at'),
  },
  (t) => [
    uniqueIndex('delivered_seq').on(t.seq),
    // What is put off may be much and wait for long, and so may what a person is asked about: it is
    // never walked to find what is to be sent.
    index('delivered_waiting')
      .on(t.channelType, t.channelInstance, t.platformId, t.seq)
      .where(
        sql.raw(
          `status IN ('sending','retrying') OR status='queued' AND next_attempt_at IS NULL OR status='ambiguous' AND (asked_at IS NULL OR next_attempt_at IS NOT NULL)`,
        ),
      ),
    // What is put off, by place and time, and what went wrong. Without `sending` and `delivered`, so
    // that a message that just arrives costs nothing here.
    index('delivered_by_status')
      .on(t.status, t.channelType, t.channelInstance, t.platformId, t.nextAttemptAt)
      .where(sql.raw(`status IN ('queued','retrying','failed','refused','ambiguous')`)),
    check(
      'delivered_status',
      sql`${t.status} IN ('queued', 'sending', 'retrying', 'delivered', 'failed', 'refused', 'ambiguous')`,
    ),
  ],
)

/** The parts of a message that is several platform messages. */
export const deliveredParts = sqliteTable(
  'delivered_parts',
  {
    messageOutId: text('message_out_id').notNull(),
    part: integer('part').notNull(),
    status: text('status').notNull(),
    platformMessageId: text('platform_message_id'),
    attempts: integer('attempts').notNull().default(0),
    /** The part as JSON, fixed before its first send. */
    content: text('content'),
    firstSentAt: text('first_sent_at'),
    lastSentAt: text('last_sent_at'),
    ambiguousCount: integer('ambiguous_count').notNull().default(0),
    error: text('error'),
  },
  (t) => [primaryKey({ columns: [t.messageOutId, t.part] })],
)

/** What happened in this session, for whoever subscribes; written with the change it tells of. */
export const events = sqliteTable('events', {
  /** The stamp: one rising number line per home. */
  id: integer('id').primaryKey(),
  at: text('at').notNull(),
  /** `accepted`, `turn`, `delivery`. */
  type: text('type').notNull(),
  /** The `seq` of the message that it is about; of a turn, its first row's. */
  messageSeq: integer('message_seq').notNull(),
  status: text('status').notNull(),
  /** Of a delivery its error; of a turn JSON `{turnId, seqs, error}`. */
  detail: text('detail'),
})

/** The agent's address book as the runner sees it: a projection of `agent_destinations`. */
export const destinations = sqliteTable('destinations', {
  name: text('name').primaryKey(),
  displayName: text('display_name').notNull(),
  type: text('type').notNull(),
  channelType: text('channel_type'),
  platformId: text('platform_id'),
  agentGroupId: text('agent_group_id'),
  channelInstance: text('channel_instance').notNull().default(''),
})

/** The place the session's conversation is in. One row, `id` 1. */
export const sessionRouting = sqliteTable(
  'session_routing',
  {
    id: integer('id').primaryKey(),
    channelType: text('channel_type'),
    platformId: text('platform_id'),
    threadId: text('thread_id'),
    channelInstance: text('channel_instance').notNull().default(''),
  },
  (t) => [check('session_routing_one_row', sql`${t.id} = 1`)],
)

/** What host and runner share by key: `outbound_cursor`, `prune_through_seq`, agent settings. */
export const hostState = sqliteTable('host_state', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
})
