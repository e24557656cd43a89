import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { policies, policyActions } from './policy-names.ts'

/** `policies set` */
export const policiesSet = adminCommand({
  name: 'policies set',
  about: 'say what becomes of something that agents ask for',
  more: `
  create_agent        an admin agent makes another one
  outside_when        a grant for members is used after a stranger was heard
  ambiguous_delivery  it is not known whether a message has arrived
  unknown_sender      a stranger writes to a chat that asks to be let in
Only create_agent can be allowed: in the others a person decides each case, or it is denied.`,
  examples: [
    'nanoclaw policies set create_agent deny',
    'nanoclaw policies set outside_when ask --agent ada',
  ],
  words: [
    { name: 'action', about: 'what it is about', choices: policyActions },
    { name: 'policy', about: 'what becomes of it', choices: policies },
  ],
  flags: [
    {
      form: '--agent <agent>',
      about: 'for this agent alone (default: for all that have none of their own)',
      is: 'agent',
    },
  ],
  kind: 'change',
  input: z.object({
    action: z.enum(policyActions),
    policy: z.enum(policies),
    agent: typed.optional(),
  }),
  async run({ core }, { action, policy, agent: name }) {
    const agent = name === undefined ? undefined : await findAgent(core, name)
    const by = 'operator'
    const set = await core.policies.set({ agentGroupId: agent?.id, action, policy, by })
    return { policy: set, agent: agent?.name ?? null }
  },
  text: ({ policy: { action, policy }, agent }) => [
    `${action}: ${policy}, for ${agent ?? 'all agents that have no policy of their own'}.`,
  ],
})
