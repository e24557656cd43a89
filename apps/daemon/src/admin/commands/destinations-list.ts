import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { listLines } from '../screen.ts'
import { describeDestinations } from './reports.ts'

/** `destinations list` */
export const destinationsList = adminCommand({
  name: 'destinations list',
  about: 'list whom an agent, or each of them, may write to',
  more: `
The address book is the permission. WHEN says for whom a grant holds: "members", the default, not where a
stranger has been heard; "anyone", there, too.`,
  examples: ['nanoclaw destinations ada', 'nanoclaw destinations list --json'],
  words: [{ name: 'agent', about: 'its name, folder or id', is: 'agent', isOptional: true }],
  input: z.object({ agent: typed.optional() }),
  async run({ core }, { agent }) {
    const agents = agent === undefined ? await core.agents.list() : [await findAgent(core, agent)]
    const lists = await Promise.all(agents.map(({ id }) => core.destinations.list(id)))
    return { destinations: await describeDestinations(core, lists.flat()) }
  },
  text: ({ destinations }, screen) =>
    listLines(
      [
        { title: 'AGENT', widest: 24 },
        { title: 'CALLS IT', widest: 40 },
        { title: 'WHEN' },
        { title: 'TO', mayBeBelow: true },
      ],
      destinations.map(({ agent, localName, when, to }) => [agent, localName, when, to]),
      screen,
      'Nobody may be written to; allow it: nanoclaw destinations grant AGENT TARGET',
    ),
})
