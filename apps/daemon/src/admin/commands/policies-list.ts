import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { listLines } from '../screen.ts'
import { policyActions } from './policy-names.ts'

/** `policies list` */
export const policiesList = adminCommand({
  name: 'policies list',
  about: 'list what becomes of what agents ask for: denied, asked about, allowed',
  more: `
FROM says where it comes from: set for the agent, set for all, or the default.`,
  examples: ['nanoclaw policies', 'nanoclaw policies ada'],
  words: [{ name: 'agent', about: 'its name, folder or id', is: 'agent', isOptional: true }],
  input: z.object({ agent: typed.optional() }),
  async run({ core }, { agent: name }) {
    const agents = name === undefined ? await core.agents.list() : [await findAgent(core, name)]
    const set = await core.policies.list()
    const isSet = (id: string, action: string): boolean =>
      set.some((one) => one.agentGroupId === id && one.action === action)
    const every = agents.flatMap(({ id, name: agent }) =>
      policyActions.map(async (action) => {
        const from = isSet(id, action) ? 'agent' : isSet('', action) ? 'all' : 'default'
        const policy = await core.policies.effective(id, action)
        return { agentGroupId: id, agent, action, policy, from }
      }),
    )
    return { policies: await Promise.all(every) }
  },
  text: ({ policies }, screen) =>
    listLines(
      [
        { title: 'AGENT', widest: 24 },
        { title: 'ACTION' },
        { title: 'POLICY' },
        { title: 'FROM', mayBeBelow: true },
      ],
      policies.map(({ agent, action, policy, from }) => [agent, action, policy, from]),
      screen,
      'There is no agent yet; make one: nanoclaw agents create NAME',
    ),
})
