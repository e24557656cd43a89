import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { decideApproval } from './decide-approval.ts'

/** `approvals reject` */
export const approvalsReject = adminCommand({
  name: 'approvals reject',
  about: 'have it not done; who asked is told',
  examples: ['nanoclaw approvals reject 3f9ac012'],
  words: [{ name: 'request', about: 'its code or id', is: 'approval' }],
  kind: 'change',
  input: z.object({ request: typed }),
  run: async (deps, { request }) => ({
    approval: await decideApproval(deps, request, 'reject'),
  }),
  text: ({ approval: { id, summary } }) => [`Rejected ${id}: ${summary}`],
})
