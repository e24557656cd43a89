import type { Approval, Core } from '@nanoclaw/core'
import { pick } from './pick.ts'

const mostLooked = 1_000

/**
 * A request by its id, or by its code while it waits.
 * @throws NanoclawError `not-found`, `bad-option` where several have one code.
 */
export async function findApproval(
  core: Pick<Core, 'approvals'>,
  typed: string,
): Promise<Approval> {
  const known = await core.approvals.get(typed)
  if (known !== undefined) return known
  const pending = await core.approvals.list({ status: 'pending', limit: mostLooked })
  return pick(typed, pending, {
    what: 'request that waits',
    names: [({ id }) => [id], ({ code }) => [code]],
    id: ({ id }) => id,
    list: 'nanoclaw approvals',
    create: 'nanoclaw approvals list --all shows those that have ended',
  })
}
