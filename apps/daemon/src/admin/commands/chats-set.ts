import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findChat } from '../names/find-chat.ts'
import { agentNames, describeChat } from './reports.ts'
import { unknownSenders, unknownSendersFlag } from './unknown-senders.ts'

/** `chats set` */
export const chatsSet = adminCommand({
  name: 'chats set',
  about: 'change whose messages are heard in a chat, or its name',
  more: `
It holds from the next message on. In a chat that is "public" whoever writes is heard, and its
conversations do not work in the agent's own folder.`,
  examples: [
    'nanoclaw chats set family --unknown-senders request_approval',
    'nanoclaw chats set telegram:-100123 --name Family',
  ],
  words: [{ name: 'chat', about: 'its name, place or id', is: 'chat' }],
  flags: [unknownSendersFlag, { form: '--name <name>', about: 'as people see it' }],
  kind: 'change',
  input: z
    .object({ chat: typed, name: typed.optional(), unknownSenders })
    .refine(({ name, unknownSenders: to }) => name !== undefined || to !== undefined, {
      error: 'nothing to change was said',
    }),
  async run({ core }, { chat, name, unknownSenders: to }) {
    const { id } = await findChat(core, chat)
    const changed = await core.chats.update(id, {
      ...(name === undefined ? {} : { name }),
      ...(to === undefined ? {} : { unknownSenders: to }),
    })
    const wirings = await core.wirings.forChat(id)
    return { chat: describeChat(changed, wirings, await agentNames(core)) }
  },
  text: ({ chat: { name, place, unknownSenders: strangers } }) => [
    `${name} (${place}): who is no member is ${heard[strangers]}.`,
  ],
})

const heard = {
  strict: 'not heard',
  request_approval: 'heard when somebody has let them in, and a person is asked',
  public: 'heard',
} as const
