import type { Approval } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import type { AdminDeps } from '../command.ts'
import { findApproval } from '../names/find-approval.ts'

/**
 * The operator's word on a request; what is decided is the digest that it has.
 * @throws NanoclawError `not-found`; `bad-state` where it cannot be decided any more.
 */
export async function decideApproval(
  { core }: Pick<AdminDeps, 'core'>,
  request: string,
  decision: 'approve' | 'reject',
): Promise<Approval> {
  const { id, digest } = await findApproval(core, request)
  const by = { type: 'operator' } as const
  const decided = await core.approvals.decide(id, { digest, decision, by, via: 'command' })
  if (decided.outcome === 'refused') throw new NanoclawError('bad-state', decided.reason)
  return decided.approval
}
