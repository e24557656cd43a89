import { NanoclawError } from '@nanoclaw/schema/plain'
import type { agentGroups } from '@nanoclaw/schema/drizzle'
import { oneOf } from '../central/narrow.ts'
import type { CentralSql } from '../central/write-tools.ts'
import type { Agent } from './types.ts'

/** A row as callers see it. */
function toAgent(row: typeof agentGroups.$inferSelect): Agent {
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

/** What other parts of the core look up of agents. */
export function agentRows({ sql }: CentralSql) {
  const find = (id: string): Agent | undefined => {
    const row = sql.agentById().get({ id })
    return row === undefined ? undefined : toAgent(row)
  }
  return {
    find,
    all: (): Agent[] => sql.allAgents().all().map(toAgent),
    folderTaken: (folder: string): boolean => sql.agentByFolder().get({ folder }) !== undefined,
    /** Throws `not-found`. */
    require(id: string): Agent {
      const agent = find(id)
      if (agent !== undefined) return agent
      throw new NanoclawError('not-found', `expected the id of an agent, there is none with ${id}`)
    },
  }
}

/** What {@link agentRows} gives. */
export type AgentRows = ReturnType<typeof agentRows>
