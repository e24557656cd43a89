import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { findDestination } from '../names/find-destination.ts'

/** `destinations revoke` */
export const destinationsRevoke = adminCommand({
  name: 'destinations revoke',
  about: 'forbid an agent to write to somebody',
  more: `
It holds at once: what waits to be sent there is refused, and the agent is told. The name is kept for
who had it, and is given to nobody else.`,
  examples: ['nanoclaw destinations revoke ada family'],
  words: [
    { name: 'agent', about: 'its name, folder or id', is: 'agent' },
    { name: 'name', about: 'what the agent calls it' },
  ],
  kind: 'change',
  input: z.object({ agent: typed, name: typed }),
  async run({ core }, { agent, name }) {
    const found = await findAgent(core, agent)
    const { localName } = await findDestination(core, found, name)
    await core.destinations.revoke(found.id, localName)
    return { revoked: { agentGroupId: found.id, agent: found.name, localName } }
  },
  text: ({ revoked: { agent, localName } }) => [`${agent} may not write to ${localName} any more.`],
})
