import type { CentralStore } from '../central/central-store.ts'
import type { PolicyRows } from './policy-rows.ts'
import type { Policies } from './types.ts'

/** Policies in the central database. */
export function createPolicies({ read, write }: CentralStore, rows: PolicyRows): Policies {
  return {
    effective: (agentGroupId, action) => read(() => rows.effective(agentGroupId, action)),
    list: () => read(() => rows.all()),
    set: (policy) => write('policies', 'set', policy),
  }
}
