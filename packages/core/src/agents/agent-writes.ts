import { NanoclawError, timestamp } from '@nanoclaw/schema/plain'
import { present } from '../central/narrow.ts'
import type { WriteTools } from '../central/write-tools.ts'
import { normalizeName, numberedName } from '../destinations/normalize-name.ts'
import type { AgentRows } from './agent-rows.ts'
import type { Agent, NewAgent } from './types.ts'

/** Settings of an agent, those that are said. */
export type AgentSettings = Partial<
  Pick<Agent, 'unaddressedOutput' | 'onInterrupted' | 'retentionDays' | 'archive'>
>

/** An agent whose names and settings have been checked. */
export interface CheckedAgent extends Pick<NewAgent, 'folder' | 'isAdmin'> {
  readonly name: string
  readonly provider: string
  readonly settings: AgentSettings
}

function chooseFolder(wanted: string | undefined, name: string, rows: AgentRows): string {
  if (wanted === undefined) {
    const base = normalizeName(name)
    for (let number = 1; ; number += 1) {
      const folder = numberedName(base, number)
      if (!rows.folderTaken(folder)) return folder
    }
  }
  if (wanted !== normalizeName(wanted)) {
    throw new NanoclawError(
      'bad-option',
      `expected a folder of lower-case letters, digits and hyphens, got ${JSON.stringify(wanted)}; try ${normalizeName(wanted)}`,
    )
  }
  if (rows.folderTaken(wanted)) {
    throw new NanoclawError('taken', `an agent with the folder ${wanted} is there already`)
  }
  return wanted
}

/** What is written of agents. */
export function agentWrites({ sql, clock, ids }: WriteTools, rows: AgentRows) {
  const update = (id: string, settings: AgentSettings): Agent => {
    const { unaddressedOutput, onInterrupted, retentionDays, archive } = rows.require(id)
    const known = { unaddressedOutput, onInterrupted, retentionDays, archive }
    const changed = { ...known, ...settings }
    sql.setAgent().run({ id, ...changed, archive: changed.archive ? 1 : 0 })
    return present(rows.find(id), 'the agent')
  }
  return {
    create({ name, provider, settings, ...agent }: CheckedAgent): Agent {
      const id = ids.next('ag')
      const folder = chooseFolder(agent.folder, name, rows)
      const isAdmin = agent.isAdmin === true ? 1 : 0
      const createdAt = timestamp(clock)
      sql.insertAgent().run({ id, name, folder, agentProvider: provider, isAdmin, createdAt })
      return update(id, settings)
    },
    update,
  }
}
