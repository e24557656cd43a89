import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { findDestination } from '../names/find-destination.ts'

/** `destinations rename` */
export const destinationsRename = adminCommand({
  name: 'destinations rename',
  about: 'change what an agent calls somebody',
  more: `
The old name is kept for who had it. What the agent has under way under the old name still arrives.`,
  examples: ['nanoclaw destinations rename ada family home'],
  words: [
    { name: 'agent', about: 'its name, folder or id', is: 'agent' },
    { name: 'name', about: 'what the agent calls it' },
    { name: 'to', about: 'what it is to call it' },
  ],
  kind: 'change',
  input: z.object({ agent: typed, name: typed, to: typed }),
  async run({ core }, { agent, name, to }) {
    const found = await findAgent(core, agent)
    const { localName: from } = await findDestination(core, found, name)
    const destination = await core.destinations.rename(found.id, from, to)
    return { from, destination }
  },
  text: ({ from, destination }) => [`${from} is called ${destination.localName} now.`],
})
