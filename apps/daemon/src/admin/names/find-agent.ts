import type { Agent, Core } from '@nanoclaw/core'
import { pick, type Lookup } from './pick.ts'

const agents: Lookup<Agent> = {
  what: 'agent',
  names: [({ id }) => [id], ({ folder }) => [folder], ({ name }) => [name]],
  id: ({ id, folder }) => `${folder} (${id})`,
  list: 'nanoclaw agents',
  create: 'nanoclaw agents create NAME',
}

/**
 * An agent by its id, its folder or its name.
 * @throws NanoclawError `not-found`, `bad-option` where several are called so.
 */
export async function findAgent(core: Pick<Core, 'agents'>, typed: string): Promise<Agent> {
  return pick(typed, await core.agents.list(), agents)
}
