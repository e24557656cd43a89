import { NanoclawError } from '@nanoclaw/schema'
import { agentGroups } from '@nanoclaw/schema/drizzle'
import { asc } from 'drizzle-orm'
import type { CentralStore } from '../central/central-store.ts'
import { insertion } from '../central/insertion-order.ts'
import { displayText } from '../destinations/display-text.ts'
import { toAgent, type AgentStatements } from './agent-rows.ts'
import type { AgentColumns } from './agent-writes.ts'
import type { AgentChange, Agents } from './types.ts'

/** Settings as their columns; throws `bad-option`. */
function toColumns(change: AgentChange): AgentColumns {
  const { unaddressedOutput, onInterrupted, retentionDays, archive } = change
  if (typeof retentionDays === 'number' && !(retentionDays > 0 && Number.isFinite(retentionDays))) {
    throw new NanoclawError(
      'bad-option',
      `expected retentionDays as a number of days above 0, or null for ever, got ${retentionDays}`,
    )
  }
  return {
    ...(unaddressedOutput === undefined ? {} : { unaddressedOutput }),
    ...(onInterrupted === undefined ? {} : { onInterrupted }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(archive === undefined ? {} : { archive: archive ? 1 : 0 }),
  }
}

/** Agents in the central database. */
export function createAgents(
  store: CentralStore,
  statements: AgentStatements,
  prepareFolder: Agents['prepareFolder'],
): Agents {
  return {
    async create(agent) {
      const name = displayText(agent.name, 'an agent’s name')
      const provider = displayText(agent.provider ?? 'scripted', 'a provider’s name')
      const { folder, isAdmin } = agent
      const checked = { name, provider, folder, isAdmin, settings: toColumns(agent) }
      const created = await store.write('agents', 'create', checked)
      await prepareFolder(created)
      return created
    },
    update: async (id, change) => store.write('agents', 'update', id, toColumns(change)),
    prepareFolder,
    get: (id) => store.read(() => statements.find(id)),
    list: () =>
      store.read(() =>
        store.orm.select().from(agentGroups).orderBy(asc(insertion)).all().map(toAgent),
      ),
  }
}
