import { BrokenPromise, HarnessLacks } from './broken-promise.ts'
import { delivery } from './delivery.ts'
import { faults } from './faults.ts'
import { files } from './files.ts'
import type { ConformanceHarness, ConformanceOptions, ConformanceTest } from './harness.ts'
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
import { createScene, type Patience, type Scene } from './scene.ts'
import { sentence, wording } from './verdict.ts'

const PATIENCE_MS = 5_000
const SLOW_MS = 10_000

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
  const without = new Set(options.without ?? [])
  const patience = {
    patienceMs: options.patienceMs ?? PATIENCE_MS,
    slowMs: options.slowMs ?? SLOW_MS,
  }
  return PROMISES.filter(({ facets = [] }) => !facets.some((facet) => without.has(facet))).map(
    (promise) => ({ name: promise.name, run: async () => keep(promise, await make(), patience) }),
  )
}

async function keep(
  promise: Promised,
  harness: ConformanceHarness,
  patience: Patience,
): Promise<void> {
  const scene = createScene(harness, promise, patience)
  const errors: unknown[] = []
  const note = (error: unknown): void => void errors.push(explained(error, promise))
  if (promise.claimed?.(harness.adapter) !== false) await promise.run(scene).catch(note)
  scene.host.end()
  await stopAll(scene).catch(note)
  await harness.dispose?.().catch((error: unknown) => void errors.push(error))
  if (errors.length > 0) throw errors[0]
}

async function stopAll(scene: Scene): Promise<void> {
  const [living, ...dead] = [...scene.adapters].reverse()
  const late = 'stop() did not resolve after the test, with nothing in flight'
  if (living !== undefined) await scene.inTime(living.stop(), late)
  // What a dead process would do at its stop() is nobody's promise.
  await Promise.all(
    dead.map((adapter) => scene.inTime(adapter.stop(), late).catch(() => undefined)),
  )
}

/** What the adapter threw where a promise was to be kept is a broken promise, too. */
function explained(error: unknown, promise: Promised): unknown {
  if (error instanceof BrokenPromise || error instanceof HarnessLacks) return error
  return new BrokenPromise({
    did: sentence(`It threw ${String(error)}`),
    ...wording(promise),
    cause: error,
  })
}
