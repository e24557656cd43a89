import type { approvalCards } from '@nanoclaw/schema/drizzle'
import { oneOf } from '../central/narrow.ts'
import type { ApprovalCard } from './card-types.ts'

/** A row as callers see it. */
export function toCard(row: typeof approvalCards.$inferSelect): ApprovalCard {
  return {
    ...row,
    status: oneOf(['waiting', 'shown', 'closed', 'failed'], row.status, 'approval_cards.status'),
  }
}
