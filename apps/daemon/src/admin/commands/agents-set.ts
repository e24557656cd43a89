import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { agentFacts } from './agent-facts.ts'
import { factLines } from '../screen.ts'

const unaddressed = ['scratchpad', 'origin'] as const
const interrupted = ['rerun', 'ask'] as const

/** `agents set` */
export const agentsSet = adminCommand({
  name: 'agents set',
  about: 'change settings of an agent',
  more: `
A session that is awake sees it when its container next starts. What config.json says of retentionDays
and archive is given to all agents at every start of a daemon.`,
  examples: [
    'nanoclaw agents set ada --admin',
    'nanoclaw agents set ada --no-admin --retention-days 30',
  ],
  words: [{ name: 'agent', about: 'its name, folder or id', is: 'agent' }],
  flags: [
    { form: '--admin', about: 'it may make other agents, where its policy lets it' },
    { form: '--no-admin', about: 'it may not' },
    {
      form: '--unaddressed-output <where>',
      about: 'what becomes of words that it addresses to nobody',
      choices: unaddressed,
    },
    {
      form: '--on-interrupted <what>',
      about: 'what becomes of a turn whose container died',
      choices: interrupted,
    },
    { form: '--retention-days <days>', about: 'so long what has ended is kept, or: forever' },
    { form: '--archive', about: 'what is no longer kept is archived first' },
    { form: '--no-archive', about: 'it is not' },
  ],
  kind: 'change',
  input: z
    .object({
      agent: typed,
      admin: z.boolean().optional(),
      unaddressedOutput: z.enum(unaddressed).optional(),
      onInterrupted: z.enum(interrupted).optional(),
      retentionDays: z
        .union([z.literal('forever'), z.coerce.number().positive()], 'expected days, or forever')
        .optional(),
      archive: z.boolean().optional(),
    })
    .refine(
      ({ agent: _agent, ...change }) => Object.values(change).some((to) => to !== undefined),
      {
        error: 'nothing to change was said',
      },
    ),
  async run({ core }, { agent, admin: isAdmin, retentionDays: days, ...change }) {
    const { id } = await findAgent(core, agent)
    const retentionDays = days === 'forever' ? null : days
    return { agent: await core.agents.update(id, { ...change, isAdmin, retentionDays }) }
  },
  text: ({ agent }) => factLines(agentFacts(agent)),
})
