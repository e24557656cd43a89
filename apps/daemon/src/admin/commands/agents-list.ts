import { z } from 'zod'
import { adminCommand } from '../command.ts'
import { listLines } from '../screen.ts'
import { describeWirings } from './reports.ts'

/** `agents list` */
export const agentsList = adminCommand({
  name: 'agents list',
  about: 'list the agents, oldest first',
  examples: ['nanoclaw agents', 'nanoclaw agents list --json'],
  input: z.object({}),
  async run({ core }) {
    const wirings = await describeWirings(core, await core.wirings.list())
    const agents = (await core.agents.list()).map((agent) => {
      const own = wirings.filter(({ agentGroupId }) => agentGroupId === agent.id)
      return { ...agent, chats: own.map(({ chat }) => chat) }
    })
    return { agents }
  },
  text: ({ agents }, screen) =>
    listLines(
      [
        { title: 'NAME', widest: 24 },
        { title: 'PROVIDER' },
        { title: 'ADMIN' },
        { title: 'FOLDER', widest: 24 },
        { title: 'ID' },
        { title: 'CHATS', mayBeBelow: true },
      ],
      agents.map(({ name, provider, isAdmin, folder, id, chats }) => [
        name,
        provider,
        isAdmin ? 'yes' : 'no',
        folder,
        id,
        chats.join(', '),
      ]),
      screen,
      'There is no agent yet; make one: nanoclaw agents create NAME',
    ),
})
