import type { messagingGroupAgents } from '@nanoclaw/schema/drizzle'
import { oneOf } from '../central/narrow.ts'
import type { CentralSql } from '../central/write-tools.ts'
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
    ignored: oneOf(['drop', 'accumulate'], row.ignored, 'messaging_group_agents.ignored'),
  }
}

/** What other parts of the core look up of wirings. */
export function wiringRows({ sql }: CentralSql) {
  return {
    find(id: string): Wiring | undefined {
      const row = sql.wiringById().get({ id })
      return row && toWiring(row)
    },
    isEngaged: (wiringId: string, threadId: string): boolean =>
      sql.engagement().get({ wiringId, threadId }) !== undefined,
    all: (): Wiring[] => sql.allWirings().all().map(toWiring),
    forChat: (messagingGroupId: string): Wiring[] =>
      sql.wiringsOfChat().all({ messagingGroupId }).map(toWiring),
  }
}

/** What {@link wiringRows} gives. */
export type WiringRows = ReturnType<typeof wiringRows>
