import { z } from 'zod'
import { between, shortDuration } from '../../screen/durations.ts'
import { timestamp } from '@nanoclaw/schema'
import { adminCommand, typed, wholeNumber } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { listLines } from '../screen.ts'
import { agentNames } from './reports.ts'

/** `approvals list` */
export const approvalsList = adminCommand({
  name: 'approvals list',
  about: 'list what waits for a person’s decision, newest first',
  examples: ['nanoclaw approvals', 'nanoclaw approvals list --all --json'],
  flags: [
    { form: '--all', about: 'also what was decided, and what nobody decided in time' },
    { form: '--agent <agent>', about: 'of this agent alone', is: 'agent' },
    { form: '--limit <n>', about: 'how many (default: 50)' },
  ],
  input: z.object({
    all: z.boolean().optional(),
    agent: typed.optional(),
    limit: wholeNumber(1, 1_000).optional(),
  }),
  async run({ core }, { all = false, agent, limit = 50 }) {
    const agentGroupId = agent === undefined ? undefined : (await findAgent(core, agent)).id
    const status = all ? undefined : 'pending'
    const [found, names] = [
      await core.approvals.list({ status, agentGroupId, limit }),
      await agentNames(core),
    ]
    const approvals = found.map((one) => ({
      ...one,
      agent: one.agentGroupId && (names.get(one.agentGroupId) ?? one.agentGroupId),
    }))
    return { approvals, at: timestamp(core.clock) }
  },
  text: ({ approvals, at }, screen) =>
    listLines(
      [
        { title: 'CODE' },
        { title: 'STATE' },
        { title: 'AGE', side: 'right' },
        { title: 'AGENT', widest: 24 },
        { title: 'ACTION', mayBeBelow: true },
        { title: 'WHAT' },
      ],
      approvals.map(({ code, status, createdAt, agent, action, summary }) => [
        code,
        status,
        shortDuration(between(createdAt, at) ?? 0),
        agent ?? '',
        action,
        summary,
      ]),
      screen,
      'Nothing waits for a decision.',
    ),
})
