import { createBwrapDriver } from '@nanoclaw/host'
import { startBenchHost } from '../lib/bench-host.ts'
import { measureFloor } from '../lib/floor.ts'
import { percentile, rounded, type Benchmark } from '../lib/result.ts'

const messages = 2_000
const warmUp = 50

/** One warm conversation, one message after the other, the runner in bubblewrap. */
export const roundTripBwrap: Benchmark = {
  name: 'round-trip/bwrap',
  what: `hand-over to "delivered" committed, scripted agent in bubblewrap, ${messages} in sequence; floor: its five commits made bare, before and after`,
  run: async (report) => {
    const host = await startBenchHost((deps) => createBwrapDriver(deps))
    try {
      for (let index = 0; index < warmUp; index += 1) await host.roundTrip(`warm ${index}`)
      const before = await measureFloor(host.home, messages / 2)
      report(`${messages} round trips`)
      const times: number[] = []
      for (let index = 0; index < messages; index += 1) {
        const began = performance.now()
        await host.roundTrip(`hello ${index}`)
        times.push(performance.now() - began)
      }
      const floorTimes = [...before, ...(await measureFloor(host.home, messages / 2))]
      const p50 = percentile(times, 50)
      const floor = percentile(floorTimes, 50)
      return [
        {
          name: 'round-trip/bwrap',
          unit: 'ms',
          p50: rounded(p50),
          p99: rounded(percentile(times, 99)),
          floor: rounded(floor),
          floorP99: rounded(percentile(floorTimes, 99)),
          ratio: rounded(p50 / floor),
        },
      ]
    } finally {
      await host.stop()
    }
  },
}
