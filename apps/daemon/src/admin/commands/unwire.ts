import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { findChat } from '../names/find-chat.ts'

/** `unwire` */
export const unwire = adminCommand({
  name: 'unwire',
  about: 'have an agent listen to a chat no more',
  more: `
That it may write there stays: nanoclaw destinations revoke takes that.`,
  examples: ['nanoclaw unwire ada kitchen'],
  words: [
    { name: 'agent', about: 'its name, folder or id', is: 'agent' },
    { name: 'chat', about: 'its name, place or id', is: 'chat' },
  ],
  kind: 'change',
  input: z.object({ agent: typed, chat: typed }),
  async run({ core }, { agent: agentName, chat: chatName }) {
    const agent = await findAgent(core, agentName)
    const chat = await findChat(core, chatName)
    await core.wirings.remove(agent.id, chat.id)
    return { unwired: { agent: agent.name, chat: chat.name } }
  },
  text: ({ unwired: { agent, chat } }) => [`${agent} does not listen to ${chat} any more.`],
})
