import { NanoclawError } from '@nanoclaw/schema'
import { agentGroups } from '@nanoclaw/schema/drizzle'
import { eq, sql } from 'drizzle-orm'
import { oneOf } from '../central/narrow.ts'
import type { CentralOrm } from '../central/write-tools.ts'
import type { Agent } from './types.ts'

/** A row as callers see it. */
export function toAgent(row: typeof agentGroups.$inferSelect): Agent {
  return {
    id: row.id,
    name: row.name,
    folder: row.folder,
    provider: row.agentProvider,
    isAdmin: row.isAdmin === 1,
    unaddressedOutput: oneOf(
      ['scratchpad', 'origin'],
      row.unaddressedOutput,
      'agent_groups.unaddressed_output',
    ),
    onInterrupted: oneOf(['rerun', 'ask'], row.onInterrupted, 'agent_groups.on_interrupted'),
    retentionDays: row.retentionDays,
    archive: row.archive === 1,
    createdAt: row.createdAt,
  }
}

/** The statements that other parts of the core share. */
export function agentStatements({ orm }: CentralOrm) {
  const byId = orm
    .select()
    .from(agentGroups)
    .where(eq(agentGroups.id, sql.placeholder('id')))
    .prepare()
  const byFolder = orm
    .select()
    .from(agentGroups)
    .where(eq(agentGroups.folder, sql.placeholder('folder')))
    .prepare()
  const find = (id: string): Agent | undefined => {
    const row = byId.get({ id })
    return row === undefined ? undefined : toAgent(row)
  }
  return {
    find,
    folderTaken: (folder: string): boolean => byFolder.get({ folder }) !== undefined,
    /** Throws `not-found`. */
    require(id: string): Agent {
      const agent = find(id)
      if (agent !== undefined) return agent
      throw new NanoclawError('not-found', `expected the id of an agent, there is none with ${id}`)
    },
  }
}

/** What {@link agentStatements} gives. */
export type AgentStatements = ReturnType<typeof agentStatements>
