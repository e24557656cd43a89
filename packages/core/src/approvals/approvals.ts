import { errorMessage } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import type { Logger } from '../logger.ts'
import { toApproval, type ApprovalRows } from './approval-rows.ts'
import type { ApprovalFilter, Approvals } from './types.ts'

const usualLimit = 100
const largestLimit = 1_000

/** Requests in the central database. */
export function createApprovals(
  { sql, read, write }: CentralStore,
  rows: ApprovalRows,
  logger: Logger,
): Approvals {
  const listeners = new Set<() => void>()

  function changed(): void {
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        logger.error({ error: errorMessage(error) }, 'a listener to approvals threw')
      }
    }
  }

  return {
    async request(request) {
      const requested = await write('approvals', 'request', request)
      if (requested.outcome === 'pending' && requested.isNew) changed()
      return requested
    },
    async decide(id, decision) {
      const decided = await write('approvals', 'decide', id, decision)
      if (decided.outcome !== 'refused' || decided.why === 'expired') changed()
      return decided
    },
    get: (id) => read(() => rows.find(id)),
    withCode: (code) => read(() => rows.pending().filter((approval) => approval.code === code)),
    list: ({ status, agentGroupId, limit = usualLimit }: ApprovalFilter = {}) =>
      read(() =>
        sql
          .listedApprovals()
          .all({
            status: status ?? null,
            agentGroupId: agentGroupId ?? null,
            limit: Math.min(limit, largestLimit),
          })
          .map(toApproval),
      ),
    async expire(limit) {
      const expired = await write('approvals', 'expire', limit)
      if (expired > 0) changed()
      return expired
    },
    async withdraw(requestKey, why) {
      const before = await read(() => rows.byKey(requestKey))
      if (before?.status !== 'pending') return false
      const withdrawn = await write('approvals', 'withdraw', requestKey, why)
      if (withdrawn) changed()
      return withdrawn
    },
    nextExpiry: () => read(() => sql.firstExpiry().get()?.expiresAt),
    unfinished: (limit) => read(() => sql.unfinishedApprovals().all({ limit }).map(toApproval)),
    applied: (id) => write('approvals', 'applied', id),
    failed: (id, error) => write('approvals', 'failed', id, error),
    told: (id) => write('approvals', 'told', id),
    onChange(listener) {
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}
