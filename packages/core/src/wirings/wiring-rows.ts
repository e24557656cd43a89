import { messagingGroupAgents } from '@nanoclaw/schema/drizzle'
import { asc, desc, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import { oneOf } from '../central/narrow.ts'
import type { CentralOrm } from '../central/write-tools.ts'
import type { Wiring } from './types.ts'

/** A row as callers see it. */
export function toWiring(row: typeof messagingGroupAgents.$inferSelect): Wiring {
  return {
    ...row,
    sessionMode: oneOf(
      ['shared', 'per-thread', 'agent-shared'],
      row.sessionMode,
      'messaging_group_agents.session_mode',
    ),
    engageMode: oneOf(
      ['always', 'mention', 'mention-sticky', 'pattern'],
      row.engageMode,
      'messaging_group_agents.engage_mode',
    ),
  }
}

/** The statements that other parts of the core share. */
export function wiringStatements({ orm }: CentralOrm) {
  const forChat = orm
    .select()
    .from(messagingGroupAgents)
    .where(eq(messagingGroupAgents.messagingGroupId, sql.placeholder('messagingGroupId')))
    .orderBy(desc(messagingGroupAgents.priority), asc(insertion))
    .prepare()
  return {
    forChat: (messagingGroupId: string): Wiring[] =>
      forChat.all({ messagingGroupId }).map(toWiring),
  }
}

/** What {@link wiringStatements} gives. */
export type WiringStatements = ReturnType<typeof wiringStatements>
