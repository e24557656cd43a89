import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** What the agent says. Written by the runner alone. */
export const messagesOut = sqliteTable(
  'messages_out',
  {
    id: text('id').primaryKey(),
    /** Odd. */
    seq: integer('seq').notNull(),
    inReplyTo: text('in_reply_to'),
    timestamp: text('timestamp').notNull(),
    deliverAfter: text('deliver_after'),
    recurrence: text('recurrence'),
    kind: text('kind').notNull(),
    platformId: text('platform_id'),
    channelType: text('channel_type'),
    threadId: text('thread_id'),
    content: text('content').notNull(),
    channelInstance: text('channel_instance').notNull().default(''),
    turnId: text('turn_id'),
    callKey: text('call_key'),
  },
  (t) => [
    uniqueIndex('messages_out_seq').on(t.seq),
    uniqueIndex('messages_out_call').on(t.turnId, t.callKey),
    check('messages_out_seq_odd', sql`${t.seq} % 2 = 1`),
  ],
)

/** What became of the rows the runner took. */
export const processingAck = sqliteTable(
  'processing_ack',
  {
    messageId: text('message_id').primaryKey(),
    status: text('status').notNull(),
    statusChanged: text('status_changed').notNull(),
    turnId: text('turn_id'),
    epoch: integer('epoch'),
  },
  (t) => [
    index('processing_ack_processing')
      .on(t.messageId)
      .where(sql`${t.status} = 'processing'`),
    check('processing_ack_status', sql`${t.status} IN ('processing', 'completed', 'failed')`),
  ],
)

/** One run of the provider over rows of one origin. */
export const turns = sqliteTable(
  'turns',
  {
    turnId: text('turn_id').primaryKey(),
    epoch: integer('epoch').notNull(),
    /** JSON array of `messages_in.id`. */
    messageIds: text('message_ids').notNull(),
    claims: integer('claims').notNull(),
    claimedAt: text('claimed_at').notNull(),
    endedAt: text('ended_at'),
    status: text('status').notNull(),
    error: text('error'),
    /** JSON, as the provider reports it. */
    usage: text('usage'),
  },
  (t) => [
    index('turns_running')
      .on(t.claimedAt)
      .where(sql`${t.status} = 'running'`),
    check('turns_status', sql`${t.status} IN ('running', 'completed', 'failed', 'interrupted')`),
  ],
)

/** The runner's own memory, such as `continuation:<provider>`. */
export const sessionState = sqliteTable('session_state', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
  updatedAt: text('updated_at').notNull(),
})

/** The fence: which start of the container owns this file. One row, `id` 1. */
export const containerState = sqliteTable(
  'container_state',
  {
    id: integer('id').primaryKey(),
    epoch: integer('epoch').notNull(),
    currentTool: text('current_tool'),
    toolDeadline: text('tool_deadline'),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [check('container_state_one_row', sql`${t.id} = 1`)],
)
