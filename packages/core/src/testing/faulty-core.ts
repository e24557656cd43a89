import type { Core, CoreOptions } from '../core.ts'
import { openHome } from '../create-core.ts'
import { openWithFaults } from './fault-gate.ts'
import type { FaultPlan } from './fault-plan.ts'

/** What a caller of `createFaultyCore` chooses. */
export interface FaultyCoreOptions extends CoreOptions {
  /** Which calls go wrong. */
  readonly faults: FaultPlan
}

/**
 * As `createCore`, on files, with a fault plan around its ports: for a host or another program that
 * needs files. After a crash call it again on the same home, and close the mailboxes that were
 * open. Throws what `createCore` throws.
 */
export async function createFaultyCore({ faults, ...options }: FaultyCoreOptions): Promise<Core> {
  const { core } = await openWithFaults(faults, (around) => openHome(options, around))
  return core
}
