import { timestamp } from '@nanoclaw/schema/plain'
import { decideApproval } from './decide-approval.ts'
import { endApproved, expireApproval, withdrawApproval } from './end-approval.ts'
import { requestApproval, type ApprovalDeps } from './request-approval.ts'
import type { Decision, NewApproval } from './types.ts'

/** What is written of requests. */
export function approvalWrites(deps: ApprovalDeps) {
  const { tools, rows } = deps
  return {
    request: (request: NewApproval) => requestApproval(deps, request),
    decide: (id: string, decision: Decision) => decideApproval(deps, id, decision),
    expire(limit: number): number {
      const expired = rows.expired(timestamp(tools.clock), limit)
      for (const approval of expired) expireApproval(deps, approval)
      return expired.length
    },
    withdraw(requestKey: string, why: string): boolean {
      const approval = rows.byKey(requestKey)
      if (approval?.status !== 'pending') return false
      withdrawApproval(deps, approval, why)
      return true
    },
    applied: (id: string): void => endApproved(deps, id, null),
    failed: (id: string, error: string): void => endApproved(deps, id, error),
    told(id: string): void {
      const approval = rows.find(id)
      if (approval?.toldAt === null) rows.change({ ...approval, toldAt: timestamp(tools.clock) })
    },
  }
}
