import { NanoclawError } from '@nanoclaw/schema'
import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { parsePlace } from '../names/place-name.ts'
import { plainLine } from '../../screen/text.ts'
import { shellWord } from '../shell-word.ts'
import { agentNames, describeChat } from './reports.ts'
import { terminalRoom } from './terminal-room.ts'
import { unknownSenders, unknownSendersFlag } from './unknown-senders.ts'

/** `chats add` */
export const chatsAdd = adminCommand({
  name: 'chats add',
  about: 'make a chat known, by its channel and the platform’s own id of it',
  more: `
CHANNEL:ID, or CHANNEL/INSTANCE:ID where there are several bots of one platform. "terminal" with a
--name is one more conversation in the terminal: nanoclaw chat NAME. No agent answers in it before one
is wired to it: nanoclaw wire.`,
  examples: [
    'nanoclaw chats add terminal --name kitchen',
    'nanoclaw chats add telegram:-100123 --name family',
  ],
  words: [{ name: 'place', about: 'such as telegram:4711' }],
  flags: [
    { form: '--name <name>', about: 'as people see it (default: the platform’s id)' },
    unknownSendersFlag,
  ],
  kind: 'change',
  input: z.object({ place: typed, name: typed.optional(), unknownSenders }),
  async run({ core }, { place, name, unknownSenders: strangers }) {
    const found = place === 'terminal' ? await terminalRoom(core, name) : parsePlace(place)
    if (found === undefined) {
      const message = `expected a place as CHANNEL:ID, such as telegram:4711, got "${plainLine(place)}"`
      throw new NanoclawError('bad-option', message)
    }
    const chat = await core.chats.create({
      ...found,
      name: name ?? found.platformId,
      unknownSenders: strangers,
    })
    return { chat: describeChat(chat, [], await agentNames(core)) }
  },
  text: ({ chat: { name, place, id } }) => [
    `Added ${name} (${place}, ${id}).`,
    `Next: nanoclaw wire AGENT ${shellWord(name)}`,
  ],
})
