import type { ChannelAdapter } from '../contract/adapter.ts'
import { harnessMsOf, type Patience } from './bounds.ts'
import { BrokenPromise, HarnessLacks, HarnessProblem, lateHarness } from './broken-promise.ts'
import { checkLog } from './check-log.ts'
import { delivery } from './delivery.ts'
import { faults } from './faults.ts'
import { files } from './files.ts'
import type {
  ConformanceFacet,
  ConformanceHarness,
  ConformanceOptions,
  ConformanceTest,
} from './harness.ts'
import { health } from './health.ts'
import { inbound } from './inbound.ts'
import { inboundEvents } from './inbound-events.ts'
import { keys } from './keys.ts'
import { lifecycle } from './lifecycle.ts'
import { lookups } from './lookups.ts'
import { order } from './order.ts'
import { parts } from './parts.ts'
import type { Promised } from './promised.ts'
import { receipts } from './receipts.ts'
import { restarts } from './restarts.ts'
import { createScene } from './scene.ts'
import { sentence, waited, wording } from './verdict.ts'
import { within } from './within.ts'

const PATIENCE_MS = 5_000
const SLOW_MS = 10_000
/** Once a stop() has not resolved, the others are not given the same patience: it is all one fault. */
const LATER_STOPS_MS = 250

const STOPS = {
  promised: 'stop() resolves when nothing is in flight.',
  because: 'A shutdown that waits for ever is killed in the middle of its work.',
}

type MakeHarness = () => ConformanceHarness | Promise<ConformanceHarness>

/** How long the adapter of a test that is over may take to stop. */
interface Stops {
  ms: number
}

const PROMISES: readonly Promised[] = [
  ...lifecycle,
  ...inbound,
  ...order,
  ...inboundEvents,
  ...restarts,
  ...delivery,
  ...parts,
  ...files,
  ...faults,
  ...keys,
  ...receipts,
  ...lookups,
  ...health,
]

/**
 * The promises of the channel contract as tests: `for (const { name, run } of
 * channelConformance(make)) it(name, run)`. `make` gives a fresh adapter, not started, and a test
 * double of its platform; every test stops the adapter and disposes of the harness. The tests may
 * run at the same time. A promise about a capability that is not claimed is kept.
 */
export function channelConformance(
  make: () => ConformanceHarness | Promise<ConformanceHarness>,
  options: ConformanceOptions = {},
): ConformanceTest[] {
  const patience = {
    patienceMs: options.patienceMs ?? PATIENCE_MS,
    slowMs: options.slowMs ?? SLOW_MS,
  }
  const stops = { ms: patience.patienceMs }
  return PROMISES.filter((promise) => !isLeftOut(promise, options.without)).map((promise) => ({
    name: promise.name,
    run: () => keep(promise, make, patience, stops),
  }))
}

/**
 * The names of the promises that this `without` leaves out of the list: nobody has tested them. To
 * show them beside the others, register each as a skipped test.
 */
export function leftOutOfConformance(without: readonly ConformanceFacet[]): string[] {
  return PROMISES.filter((promise) => isLeftOut(promise, without)).map(({ name }) => name)
}

function isLeftOut({ facets = [] }: Promised, without: readonly ConformanceFacet[] = []): boolean {
  return facets.some((facet) => without.includes(facet))
}

async function keep(promise: Promised, make: MakeHarness, patience: Patience, stops: Stops) {
  const harnessMs = harnessMsOf(patience)
  const ofHarness = <T>(work: Promise<T>, what: string): Promise<T> =>
    within(work, harnessMs, () => {
      throw lateHarness(what, harnessMs)
    })
  const harness = await ofHarness(Promise.resolve().then(make), 'what makes it')
  const errors: unknown[] = []
  const note = (error: unknown): void => void errors.push(explained(error, promise))
  const scene = createScene(harness, promise, patience, note)
  if (promise.claimed?.(harness.adapter) !== false) await promise.run(scene).catch(note)
  scene.host.end()
  await stopAll(scene.adapters, stops).catch(note)
  scene.host.bury()
  const disposed = Promise.resolve(harness.dispose?.())
  await ofHarness(disposed, 'dispose()').catch((error: unknown) => void errors.push(error))
  if (errors.length === 0) checkLog(scene.host.log, harness.secrets)
  else throw errors[0]
}

/** What a dead process would do at its stop() is nobody's promise; the living one has to end. */
async function stopAll(adapters: readonly ChannelAdapter[], stops: Stops): Promise<void> {
  const late = (): never => {
    const did = sentence(waited('After the test stop() did not resolve', stops.ms))
    stops.ms = Math.min(stops.ms, LATER_STOPS_MS)
    throw new BrokenPromise({ did, ...STOPS })
  }
  const [living, ...dead] = [...adapters].reverse()
  const ended = dead.map((adapter) => within(adapter.stop(), stops.ms, late).catch(() => undefined))
  if (living !== undefined) {
    await within(living.stop(), stops.ms, late).catch((error: unknown) => {
      if (error instanceof BrokenPromise) throw error
      throw new BrokenPromise({ did: sentence(`stop() threw ${String(error)}`), ...STOPS })
    })
  }
  await Promise.all(ended)
}

/** What the adapter threw where a promise was to be kept is a broken promise, too. */
function explained(error: unknown, promise: Promised): unknown {
  if (error instanceof BrokenPromise) return error
  if (error instanceof HarnessLacks || error instanceof HarnessProblem) return error
  return new BrokenPromise({
    did: sentence(`It threw ${String(error)}`),
    ...wording(promise),
    cause: error,
  })
}
