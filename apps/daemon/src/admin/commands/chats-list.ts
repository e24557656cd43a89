import { z } from 'zod'
import { adminCommand } from '../command.ts'
import { listLines } from '../screen.ts'
import { agentNames, describeChat } from './reports.ts'

/** `chats list` */
export const chatsList = adminCommand({
  name: 'chats list',
  about: 'list the chats, oldest first, with the agents that listen to each',
  examples: ['nanoclaw chats', 'nanoclaw chats list --json'],
  input: z.object({}),
  async run({ core }) {
    const [wirings, names] = [await core.wirings.list(), await agentNames(core)]
    const chats = await core.chats.list()
    return { chats: chats.map((chat) => describeChat(chat, wirings, names)) }
  },
  text: ({ chats }, screen) =>
    listLines(
      [
        { title: 'NAME', widest: 24 },
        { title: 'PLACE', widest: 40 },
        { title: 'STRANGERS' },
        { title: 'ID' },
        { title: 'AGENTS', mayBeBelow: true },
      ],
      chats.map(({ name, place, unknownSenders, id, agents }) => [
        name,
        place,
        unknownSenders,
        id,
        agents.join(', '),
      ]),
      screen,
      'There is no chat yet; make one: nanoclaw chats add CHANNEL:ID',
    ),
})
