import { NanoclawError } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { displayText } from '../destinations/display-text.ts'
import type { AgentRows } from './agent-rows.ts'
import type { AgentSettings } from './agent-writes.ts'
import type { AgentChange, Agents } from './types.ts'

/** The settings that are said. Throws `bad-option`. */
function checkSettings(change: AgentChange): AgentSettings {
  const { isAdmin, unaddressedOutput, onInterrupted, retentionDays, archive } = change
  if (typeof retentionDays === 'number' && !(retentionDays > 0 && Number.isFinite(retentionDays))) {
    throw new NanoclawError(
      'bad-option',
      `expected retentionDays as a number of days above 0, or null for ever, got ${retentionDays}`,
    )
  }
  return {
    ...(isAdmin === undefined ? {} : { isAdmin }),
    ...(unaddressedOutput === undefined ? {} : { unaddressedOutput }),
    ...(onInterrupted === undefined ? {} : { onInterrupted }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(archive === undefined ? {} : { archive }),
  }
}

/** Agents in the central database. */
export function createAgents(
  store: CentralStore,
  rows: AgentRows,
  parts: {
    readonly prepareFolder: Agents['prepareFolder']
    /** The address book of an agent has changed. */
    readonly notify: (agentGroupId: string) => void
  },
): Agents {
  const { prepareFolder, notify } = parts
  return {
    async create(agent, by = 'operator') {
      const name = displayText(agent.name, 'an agent’s name')
      const provider = displayText(agent.provider ?? 'scripted', 'a provider’s name')
      const { folder } = agent
      const checked = { name, provider, folder, settings: checkSettings(agent) }
      const created = await store.write('agents', 'create', checked, by)
      await prepareFolder(created)
      return created
    },
    update: async (id, change) => store.write('agents', 'update', id, checkSettings(change)),
    prepareFolder,
    get: (id) => store.read(() => rows.find(id)),
    list: ({ deleted = false } = {}) =>
      store.read(() => rows.all().filter(({ deletedAt }) => deleted || deletedAt === null)),
    async delete(id, by = 'operator') {
      const told = await store.write('agents', 'delete', id, by)
      for (const agentGroupId of [id, ...told]) notify(agentGroupId)
    },
  }
}
