import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findApproval } from '../names/find-approval.ts'
import { approvalLines } from './approval-lines.ts'
import { agentNames } from './reports.ts'

/** `approvals show` */
export const approvalsShow = adminCommand({
  name: 'approvals show',
  about: 'show a request whole: what would be done, why, on whose word',
  more: `
What is not seen in a text, or turns the direction of reading, is written out.`,
  examples: ['nanoclaw approvals show 3f9ac012'],
  words: [{ name: 'request', about: 'its code or id', is: 'approval' }],
  input: z.object({ request: typed }),
  async run({ core }, { request }) {
    const approval = await findApproval(core, request)
    const { agentGroupId } = approval
    const names = await agentNames(core)
    return { approval, agent: agentGroupId && (names.get(agentGroupId) ?? agentGroupId) }
  },
  text: ({ approval, agent }) => approvalLines(approval, agent),
})
