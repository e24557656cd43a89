import { NanoclawError, timestamp } from '@nanoclaw/schema'
import { agentGroups } from '@nanoclaw/schema/drizzle'
import { asc, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import type { CentralStore } from '../central/central-store.ts'
import { oneOf, present } from '../central/narrow.ts'
import { displayText } from '../destinations/display-text.ts'
import { normalizeName, numberedName } from '../destinations/normalize-name.ts'
import type { Agent, AgentChange, Agents, NewAgent } from './types.ts'

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

/** Settings as their columns; throws `bad-option`. */
function toColumns(change: AgentChange): Partial<typeof agentGroups.$inferInsert> {
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

/** The statements that other parts of the core share. */
export function agentStatements({ orm }: CentralStore) {
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

function chooseFolder(agent: NewAgent, statements: AgentStatements): string {
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
      const settings = toColumns(agent)
      const created = await store.write('full', () => {
        const id = store.ids.next('ag')
        store.orm
          .insert(agentGroups)
          .values({
            id,
            name,
            folder: chooseFolder(agent, statements),
            agentProvider: provider,
            isAdmin: agent.isAdmin === true ? 1 : 0,
            ...settings,
            createdAt: timestamp(store.clock),
          })
          .run()
        return present(statements.find(id), 'the agent')
      })
      await prepareFolder(created)
      return created
    },
    async update(id, change) {
      const columns = toColumns(change)
      return store.write('full', () => {
        const known = statements.require(id)
        if (Object.keys(columns).length === 0) return known
        store.orm.update(agentGroups).set(columns).where(eq(agentGroups.id, id)).run()
        return statements.require(id)
      })
    },
    prepareFolder,
    get: (id) => store.read(() => statements.find(id)),
    list: () =>
      store.read(() =>
        store.orm.select().from(agentGroups).orderBy(asc(insertion)).all().map(toAgent),
      ),
  }
}
