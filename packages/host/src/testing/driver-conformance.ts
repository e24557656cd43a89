import { errorMessage } from '@nanoclaw/schema'
import { endCases } from './driver-end-cases.ts'
import { isolationCases } from './driver-isolation.ts'
import { talkCases } from './driver-talk-cases.ts'
import type { MakeSessionDriver } from '../host.ts'
import { type DriverPromise, withWorkbench } from './driver-workbench.ts'

/** One promise of a port, as a test for any runner. */
export interface ConformanceCase {
  /** What is promised. */
  readonly name: string
  /** Rejects with what was done instead, what was promised, and why that matters. */
  readonly run: () => Promise<void>
}

async function explained(name: string, why: string, running: Promise<void>): Promise<void> {
  try {
    await running
  } catch (error) {
    const message = `${errorMessage(error)}\n  Promised: ${name}\n  Because: ${why}`
    throw new Error(message, { cause: error })
  }
}

/**
 * What every session driver must do, as cases for any test runner: `for (const { name, run } of
 * driverConformance(make)) test(name, run)`. Uses `node:assert`. A driver that declares an isolation
 * other than `none` gets the cases of a hostile runner as well. Needs a Linux or macOS host on which
 * the driver's probe succeeds, and the program `mkfifo`.
 *
 * @param make makes the driver on a run folder, as a host does; called once for every case, and does
 *   no work yet.
 * @param options.patienceMs the longest wait for one thing, in milliseconds. Default 20,000.
 */
export function driverConformance(
  make: MakeSessionDriver,
  options: { readonly patienceMs?: number } = {},
): ConformanceCase[] {
  const { isolation } = make({ runFolder: '/nonexistent' }).capabilities
  const promises: Readonly<Record<string, DriverPromise>> = {
    ...talkCases,
    ...endCases,
    ...(isolation === 'none' ? {} : isolationCases),
  }
  return Object.entries(promises).map(([name, { why, act }]) => ({
    name,
    run: () => explained(name, why, withWorkbench(make, act, options.patienceMs)),
  }))
}
