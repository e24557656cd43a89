import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findChat } from '../names/find-chat.ts'
import { placeName } from '../names/place-name.ts'
import { agentNames, describeChat } from './reports.ts'

/** `chats remove` */
export const chatsRemove = adminCommand({
  name: 'chats remove',
  about: 'know a chat no more: nobody is heard there, nothing is sent there',
  more: `
Added again it is there as it was, but no agent listens or may write to it before it is wired again.`,
  examples: ['nanoclaw chats remove kitchen', 'nanoclaw chats remove telegram:-100123 --yes'],
  words: [{ name: 'chat', about: 'its name, place or id', is: 'chat' }],
  kind: 'grave',
  input: z.object({ chat: typed }),
  async ask({ core }, { chat }) {
    const found = await findChat(core, chat)
    const wirings = await core.wirings.forChat(found.id)
    const { name, place, agents } = describeChat(found, wirings, await agentNames(core))
    const who =
      agents.length === 0 ? 'no agent listens to it' : `it is heard by ${agents.join(', ')}`
    return [`${name} (${place}) is removed: ${who}.`]
  },
  async run({ core }, { chat }) {
    const found = await findChat(core, chat)
    await core.chats.delete(found.id)
    return { removed: { id: found.id, name: found.name, place: placeName(found) } }
  },
  text: ({ removed: { name, place } }) => [`Removed ${name} (${place}).`],
})
