import type { ChannelAdapter } from '../contract/adapter.ts'
import { lateHarness } from './broken-promise.ts'
import type { ConformancePlatform } from './harness.ts'
import { patient } from './patient.ts'
import { waited, type Verdict } from './verdict.ts'

/** How long a test waits: for what was promised, and for a slow host. */
export interface Patience {
  readonly patienceMs: number
  readonly slowMs: number
}

/** Makes what a test calls settle in time. */
export interface Bounds {
  ofAdapter(adapter: ChannelAdapter): ChannelAdapter
  ofPlatform(platform: ConformancePlatform): ConformancePlatform
}

/** A harness starts servers: it gets this long, however little patience there is with adapters. */
const LEAST_HARNESS_MS = 5_000

/** The longest time that a harness may take for something. */
export function harnessMsOf({ patienceMs, slowMs }: Patience): number {
  return Math.max(LEAST_HARNESS_MS, patienceMs + slowMs)
}

/** `note` hears of every call that is late, though the test may catch what it throws. */
export function createBounds(
  { breach }: Verdict,
  patience: Patience,
  note: (error: unknown) => void,
): Bounds {
  const { patienceMs } = patience
  const harnessMs = harnessMsOf(patience)
  const noted = (error: unknown): never => {
    note(error)
    throw error
  }
  return {
    ofAdapter: (adapter) => {
      // A test that makes a send hang says itself, and sooner, what the adapter did meanwhile.
      const ms = (call: string): number => (call === 'deliver()' ? 2 * patienceMs : patienceMs)
      const late = (call: string): never =>
        noted(breach(waited(`${call} did not settle`, ms(call))))
      return patient(adapter, { ms, late })
    },
    ofPlatform: (platform) => {
      const late = (call: string): never => noted(lateHarness(`platform.${call}`, harnessMs))
      return patient(platform, { ms: () => harnessMs, late })
    },
  }
}
