import { delivery } from './delivery.ts'
import { faults } from './faults.ts'
import type { ConformanceHarness, ConformanceOptions, ConformanceTest } from './harness.ts'
import { health } from './health.ts'
import { inbound } from './inbound.ts'
import { lifecycle } from './lifecycle.ts'
import { createScene, type Scene } from './scene.ts'

const PATIENCE_MS = 5_000

/**
 * The promises of the channel contract as tests: `for (const { name, run } of
 * channelConformance(make)) it(name, run)`. `make` gives a fresh adapter, not started, and a test
 * double of its platform; every test stops the adapter and disposes of the harness.
 */
export function channelConformance(
  make: () => ConformanceHarness | Promise<ConformanceHarness>,
  options: ConformanceOptions = {},
): ConformanceTest[] {
  const without = new Set(options.without ?? [])
  return [...lifecycle, ...inbound, ...delivery, ...faults, ...health]
    .filter((promised) => promised.facet === undefined || !without.has(promised.facet))
    .map(({ name, run }) => ({
      name,
      run: () => runOne(run, make, options.patienceMs ?? PATIENCE_MS),
    }))
}

async function runOne(
  run: (scene: Scene) => Promise<void>,
  make: () => ConformanceHarness | Promise<ConformanceHarness>,
  patienceMs: number,
): Promise<void> {
  const harness = await make()
  const scene = createScene(harness, patienceMs)
  const errors: unknown[] = []
  const note = (error: unknown): void => void errors.push(error)
  await run(scene).catch(note)
  scene.host.abort()
  await scene.inTime(harness.adapter.stop(), 'stop() did not resolve after the test').catch(note)
  await harness.dispose?.().catch(note)
  if (errors.length > 0) throw errors[0]
}
