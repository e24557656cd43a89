import type { approvals } from '@nanoclaw/schema/drizzle'
import { sha256 } from '../audit/canonical-json.ts'
import { oneOf } from '../central/narrow.ts'
import type { CentralSql } from '../central/write-tools.ts'
import type { Approval } from './types.ts'

type Row = typeof approvals.$inferSelect & { readonly personName: string | null }

const statuses = ['pending', 'approved', 'rejected', 'expired', 'applied', 'failed'] as const
const codeDigits = 8

/** Of one request and its effect: no other has it, but by a chance of one in four thousand million. */
function approvalCode(id: string, digest: string): string {
  return sha256(`${id}:${digest}`).slice(0, codeDigits)
}

/** A row as callers see it. */
export function toApproval({ personName, ...row }: Row): Approval {
  return {
    ...row,
    status: oneOf(statuses, row.status, 'approvals.status'),
    code: approvalCode(row.id, row.digest),
    deciderName: personName ?? row.decidedBy,
  }
}

/** What is looked up and changed of requests. */
export function approvalRows({ sql }: CentralSql) {
  const seen = (row: Row | undefined): Approval | undefined => row && toApproval(row)
  return {
    find: (id: string) => seen(sql.approvalById().get({ id })),
    byKey: (requestKey: string) => seen(sql.approvalByKey().get({ requestKey })),
    pending: (): Approval[] => sql.pendingApprovals().all().map(toApproval),
    expired: (now: string, limit: number): Approval[] =>
      sql.expiredApprovals().all({ now, limit }).map(toApproval),
    /** What was held under one that ends without a yes goes with it. */
    change(approval: Approval): void {
      sql.setApproval().run({ ...approval })
      const { id, status } = approval
      const isNo = status === 'rejected' || status === 'expired' || status === 'failed'
      if (isNo) sql.removeHeldOfApproval().run({ approvalId: id })
    },
  }
}

/** What {@link approvalRows} gives. */
export type ApprovalRows = ReturnType<typeof approvalRows>
