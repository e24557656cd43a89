import { NanoclawError, timestamp } from '@nanoclaw/schema'
import { agentGroups } from '@nanoclaw/schema/drizzle'
import { eq } from 'drizzle-orm'
import { present } from '../central/narrow.ts'
import type { WriteTools } from '../central/write-tools.ts'
import { normalizeName, numberedName } from '../destinations/normalize-name.ts'
import type { AgentStatements } from './agent-rows.ts'
import type { Agent, NewAgent } from './types.ts'

/** Settings of an agent as columns. */
export type AgentColumns = Partial<typeof agentGroups.$inferInsert>

/** An agent whose names have been checked, and its settings as columns. */
export interface CheckedAgent extends Pick<NewAgent, 'folder' | 'isAdmin'> {
  readonly name: string
  readonly provider: string
  readonly settings: AgentColumns
}

function chooseFolder(agent: CheckedAgent, statements: AgentStatements): string {
  if (agent.folder === undefined) {
    const base = normalizeName(agent.name)
    for (let number = 1; ; number += 1) {
      const folder = numberedName(base, number)
      if (!statements.folderTaken(folder)) return folder
    }
  }
  if (agent.folder !== normalizeName(agent.folder)) {
    throw new NanoclawError(
      'bad-option',
      `expected a folder of lower-case letters, digits and hyphens, got ${JSON.stringify(agent.folder)}; try ${normalizeName(agent.folder)}`,
    )
  }
  if (statements.folderTaken(agent.folder)) {
    throw new NanoclawError('taken', `an agent with the folder ${agent.folder} is there already`)
  }
  return agent.folder
}

/** What is written of agents. */
export function agentWrites({ orm, clock, ids }: WriteTools, statements: AgentStatements) {
  return {
    create(agent: CheckedAgent): Agent {
      const id = ids.next('ag')
      orm
        .insert(agentGroups)
        .values({
          id,
          name: agent.name,
          folder: chooseFolder(agent, statements),
          agentProvider: agent.provider,
          isAdmin: agent.isAdmin === true ? 1 : 0,
          ...agent.settings,
          createdAt: timestamp(clock),
        })
        .run()
      return present(statements.find(id), 'the agent')
    },
    update(id: string, columns: AgentColumns): Agent {
      const known = statements.require(id)
      if (Object.keys(columns).length === 0) return known
      orm.update(agentGroups).set(columns).where(eq(agentGroups.id, id)).run()
      return statements.require(id)
    },
  }
}
