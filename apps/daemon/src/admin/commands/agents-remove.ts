import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'

/** `agents remove` */
export const agentsRemove = adminCommand({
  name: 'agents remove',
  about: 'remove an agent; its name and folder are given to nobody else',
  more: `
It hears nobody and is written to by nobody from now on; what waits for it ends as failed, and is told.
Its files stay in the home.`,
  examples: ['nanoclaw agents remove ada', 'nanoclaw agents remove ada --yes'],
  words: [{ name: 'agent', about: 'its name, folder or id', is: 'agent' }],
  kind: 'grave',
  input: z.object({ agent: typed }),
  async ask({ core }, { agent }) {
    const { id, name } = await findAgent(core, agent)
    const wirings = (await core.wirings.list()).filter(({ agentGroupId }) => agentGroupId === id)
    const sessions = await core.sessions.list({ agentGroupId: id })
    return [
      `${name} (${id}) is removed for good: it hears ${wirings.length} chats and has ${sessions.length} conversations.`,
    ]
  },
  async run({ core }, { agent }) {
    const { id, name } = await findAgent(core, agent)
    await core.agents.delete(id)
    return { removed: { id, name } }
  },
  text: ({ removed: { name } }) => [`Removed ${name}. Its files are left where they are.`],
})
