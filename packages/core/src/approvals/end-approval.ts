import { NanoclawError, timestamp } from '@nanoclaw/schema/plain'
import { audit } from '../audit/audit-writes.ts'
import type { ApprovalDeps } from './request-approval.ts'
import type { Approval } from './types.ts'

type EndDeps = Pick<ApprovalDeps, 'tools' | 'rows'>

/** Ends a pending one whose time has come, inside the caller's transaction. */
export function expireApproval({ tools, rows }: EndDeps, approval: Approval): void {
  const { id, action, expiresAt } = approval
  rows.change({ ...approval, status: 'expired' })
  audit(tools, {
    kind: 'approval-expired',
    actor: 'host',
    subject: id,
    details: { action, expiresAt },
  })
}

/** Ends a pending one that needs no answer any more. */
export function withdrawApproval({ tools, rows }: EndDeps, approval: Approval, why: string): void {
  const { id, action } = approval
  rows.change({ ...approval, status: 'expired', error: why })
  const details = { action, why }
  audit(tools, { kind: 'approval-withdrawn', actor: 'host', subject: id, details })
}

/** Says what became of an approved one; nothing where that is said already. */
export function endApproved({ tools, rows }: EndDeps, id: string, error: string | null): void {
  const approval = rows.find(id)
  if (approval === undefined) throw new NanoclawError('not-found', `there is no request ${id}`)
  const status = error === null ? 'applied' : 'failed'
  if (approval.status === status) return
  if (approval.status !== 'approved') {
    throw new NanoclawError('bad-state', `expected ${id} to be approved, it is ${approval.status}`)
  }
  const { action, digest } = approval
  rows.change({ ...approval, status, appliedAt: timestamp(tools.clock), error })
  audit(tools, {
    kind: status === 'applied' ? 'approval-applied' : 'approval-failed',
    actor: 'host',
    subject: id,
    details: { action, digest, error: error ?? undefined },
  })
}
