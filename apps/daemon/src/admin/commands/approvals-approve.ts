import { NanoclawError } from '@nanoclaw/schema'
import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findApproval } from '../names/find-approval.ts'
import { approvalLines } from './approval-lines.ts'
import { decideApproval } from './decide-approval.ts'
import { agentNames } from './reports.ts'

/** `approvals approve` */
export const approvalsApprove = adminCommand({
  name: 'approvals approve',
  about: 'have done what is asked for: exactly that, once',
  more: `
Shows the request whole, and asks. It is done by the daemon that runs, at once, or by the next one.`,
  examples: ['nanoclaw approvals approve 3f9ac012', 'nanoclaw approvals approve 3f9ac012 --yes'],
  words: [{ name: 'request', about: 'its code or id', is: 'approval' }],
  kind: 'grave',
  input: z.object({ request: typed }),
  async ask({ core }, { request }) {
    const approval = await findApproval(core, request)
    const { id, status, agentGroupId } = approval
    if (status !== 'pending') {
      throw new NanoclawError('bad-state', `the request ${id} waits no more: it is ${status}`)
    }
    const names = await agentNames(core)
    return approvalLines(approval, agentGroupId && (names.get(agentGroupId) ?? agentGroupId))
  },
  run: async (deps, { request }) => ({
    approval: await decideApproval(deps, request, 'approve'),
  }),
  text: ({ approval: { id, summary } }) => [`Approved ${id}: ${summary}`],
})
