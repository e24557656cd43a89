import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { findTarget } from '../names/find-target.ts'
import { describeDestinations } from './reports.ts'

const whens = ['members', 'anyone'] as const

/** `destinations grant` */
export const destinationsGrant = adminCommand({
  name: 'destinations grant',
  about: 'let an agent write to a chat or to another agent',
  more: `
It holds at once, in containers that run, too. What is granted already gets the --when that is said.`,
  examples: [
    'nanoclaw destinations grant ada family',
    'nanoclaw destinations grant ada agent:bob --name helper --when anyone',
  ],
  words: [
    { name: 'agent', about: 'who may write', is: 'agent' },
    { name: 'target', about: 'to which chat or agent; chat:NAME or agent:NAME', is: 'target' },
  ],
  flags: [
    { form: '--name <name>', about: 'what the agent calls it (default: its name)' },
    {
      form: '--when <who>',
      about: 'for containers that only members have spoken to, or any (default: members)',
      choices: whens,
    },
  ],
  kind: 'change',
  input: z.object({
    agent: typed,
    target: typed,
    name: typed.optional(),
    when: z.enum(whens).optional(),
  }),
  async run({ core }, { agent, target: wanted, name: localName, when }) {
    const { id: agentGroupId } = await findAgent(core, agent)
    const { target } = await findTarget(core, wanted)
    const granted = await core.destinations.grant({ agentGroupId, target, localName, when })
    return { granted: await describeDestinations(core, [granted]) }
  },
  text: ({ granted }) =>
    granted.map(
      ({ agent, to, localName, when }) =>
        `${agent} may write to ${to} (${when}), and calls it ${localName}.`,
    ),
})
