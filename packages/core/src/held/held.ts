import type { CentralStore } from '../central/central-store.ts'
import type { HeldEvents } from './types.ts'

/** Held events in the central database. */
export function createHeldEvents(store: CentralStore): HeldEvents {
  return {
    hold: (event) => store.write('held', 'hold', event),
    list: (approvalId, limit) =>
      store.read(() => store.sql.heldOfApproval().all({ approvalId, limit })),
    release: (id) => store.write('held', 'release', id),
    letIn: (approvalId) => store.write('held', 'letIn', approvalId),
  }
}
