import type { ApprovalActions } from './applier.ts'

/** What can be approved, and how it is done. */
export function createApprovalActions(): ApprovalActions {
  return { appliers: {}, endings: {} }
}
