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
    parentId: row.parentId,
    deletedAt: row.deletedAt,
  }
}

/** What other parts of the core look up of agents. */
export function agentRows({ sql }: CentralSql) {
  const find = (id: string): Agent | undefined => {
    const row = sql.agentById().get({ id })
    return row === undefined ? undefined : toAgent(row)
  }
  /** One that has not been deleted. */
  const findLive = (id: string): Agent | undefined => {
    const agent = find(id)
    return agent?.deletedAt === null ? agent : undefined
  }
  return {
    find,
    findLive,
    all: (): Agent[] => sql.allAgents().all().map(toAgent),
    folderTaken: (folder: string): boolean => sql.agentByFolder().get({ folder }) !== undefined,
    /** One that has not been deleted. Throws `not-found`. */
    require(id: string): Agent {
      const agent = findLive(id)
      if (agent !== undefined) return agent
      throw new NanoclawError(
        'not-found',
        `expected the id of an agent, there is none with ${id}, or it has been deleted`,
      )
    },
  }
}

/** What {@link agentRows} gives. */
export type AgentRows = ReturnType<typeof agentRows>
