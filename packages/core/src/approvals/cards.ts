import type { CentralStore } from '../central/central-store.ts'
import type { ApprovalCards } from './card-types.ts'
import { toCard } from './card-rows.ts'

/** Cards in the central database. */
export function createApprovalCards({ sql, read, write }: CentralStore): ApprovalCards {
  return {
    due: (now, limit) => read(() => sql.dueCards().all({ now, limit }).map(toCard)),
    nextAt: () => read(() => sql.nextCard().get()?.nextAttemptAt ?? undefined),
    of: (approvalId) => read(() => sql.cardsOf().all({ approvalId }).map(toCard)),
    ask: (approvalId, everybody = false) => write('approvalCards', 'ask', approvalId, everybody),
    change: (change) => write('approvalCards', 'change', change),
  }
}
