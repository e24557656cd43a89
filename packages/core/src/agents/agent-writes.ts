import { NanoclawError, timestamp } from '@nanoclaw/schema/plain'
import { present } from '../central/narrow.ts'
import { audit } from '../audit/audit-writes.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { DestinationRows } from '../destinations/destination-rows.ts'
import { normalizeName, numberedName } from '../destinations/normalize-name.ts'
import type { AgentRows } from './agent-rows.ts'
import type { Agent, NewAgent } from './types.ts'

/** Settings of an agent, those that are said. */
export type AgentSettings = Partial<
  Pick<Agent, 'isAdmin' | 'unaddressedOutput' | 'onInterrupted' | 'retentionDays' | 'archive'>
>

/** An agent whose names and settings have been checked. */
export interface CheckedAgent extends Pick<NewAgent, 'folder'> {
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
export function agentWrites(tools: WriteTools, rows: AgentRows, destinations: DestinationRows) {
  const { sql, clock, ids } = tools
  const update = (id: string, settings: AgentSettings): Agent => {
    const { isAdmin, unaddressedOutput, onInterrupted, retentionDays, archive } = rows.require(id)
    const known = { isAdmin, unaddressedOutput, onInterrupted, retentionDays, archive }
    const changed = { ...known, ...settings }
    sql.setAgent().run({
      id,
      ...changed,
      isAdmin: changed.isAdmin ? 1 : 0,
      archive: changed.archive ? 1 : 0,
    })
    return present(rows.find(id), 'the agent')
  }
  return {
    create({ name, provider, settings, ...agent }: CheckedAgent, by: string): Agent {
      const id = ids.next('ag')
      const folder = chooseFolder(agent.folder, name, rows)
      const createdAt = timestamp(clock)
      sql.insertAgent().run({ id, name, folder, agentProvider: provider, isAdmin: 0, createdAt })
      const details = { name, folder, isAdmin: settings.isAdmin === true }
      audit(tools, { kind: 'agent-created', actor: by, subject: id, details })
      return update(id, settings)
    },
    update,
    /** Its name, folder and id stay taken. Gives the agents that could write to it. */
    delete(id: string, by: string): readonly string[] {
      const { name, folder } = rows.require(id)
      const deletedAt = timestamp(clock)
      sql.deleteAgent().run({ id, deletedAt })
      sql.removeWiringsOfAgent().run({ agentGroupId: id })
      destinations.revokeAll(id, deletedAt)
      const told = destinations.revokeByTarget({ type: 'agent', agentGroupId: id }, deletedAt)
      audit(tools, { kind: 'agent-deleted', actor: by, subject: id, details: { name, folder } })
      return told
    },
  }
}
