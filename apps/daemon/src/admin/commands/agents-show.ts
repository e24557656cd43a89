import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { factLines } from '../screen.ts'
import { agentFacts } from './agent-facts.ts'
import { describeDestinations, describeWirings } from './reports.ts'

/** `agents show` */
export const agentsShow = adminCommand({
  name: 'agents show',
  about: 'show an agent: its settings, whom it hears, whom it may write to',
  examples: ['nanoclaw agents show ada', 'nanoclaw agents show ada --json'],
  words: [{ name: 'agent', about: 'its name, folder or id', is: 'agent' }],
  input: z.object({ agent: typed }),
  async run({ core }, { agent: name }) {
    const agent = await findAgent(core, name)
    const own = (await core.wirings.list()).filter(({ agentGroupId }) => agentGroupId === agent.id)
    const sessions = await core.sessions.list({ agentGroupId: agent.id })
    const active = sessions.filter(({ status }) => status === 'active').length
    return {
      agent,
      wirings: await describeWirings(core, own),
      destinations: await describeDestinations(core, await core.destinations.list(agent.id)),
      activeSessions: active,
    }
  },
  text: ({ agent, wirings, destinations, activeSessions }) =>
    factLines([
      ...agentFacts(agent),
      ['Sessions', `${activeSessions} active`],
      ...wirings.map(
        ({ chat, engageMode, sessionMode }) =>
          ['Hears', `${chat} (${engageMode}, ${sessionMode})`] as const,
      ),
      ...destinations.map(
        ({ localName, to, when }) => ['May write to', `${localName}: ${to} (${when})`] as const,
      ),
    ]),
})
