import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createBwrapDriver, type SessionDriver } from '@nanoclaw/host'
import { startBenchHost } from '../lib/bench-host.ts'
import { percentile, rounded, type Benchmark } from '../lib/result.ts'

const name = 'cold/bwrap'

const steps = [
  'hand-over to the driver (row, slot, epoch)',
  'driver until the sandbox runs',
  'runner until it rings',
  'reader, commit of "sending", to deliver()',
] as const

/** Notes when a container is asked for, and when it runs. */
function timedDriver(driver: SessionDriver, note: (index: number) => void): SessionDriver {
  return {
    ...driver,
    start: async (...args) => {
      note(1)
      const container = await driver.start(...args)
      note(2)
      return container
    },
  }
}

/** What starting the same Node with nothing to do takes, in milliseconds. */
async function bareStart(): Promise<number> {
  const began = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - began
}

/** A conversation whose container has ended gets a message. */
export const coldBwrap: Benchmark = {
  names: [name],
  what: 'no container, a message comes: hand-over to the call of deliver(), scripted agent in bubblewrap; floor: the same Node started with an empty program',
  limit: 60,
  run: async ({ short, report }) => {
    let marks: number[] = []
    const note = (index: number): void => {
      marks[index] ??= performance.now()
    }
    const host = await startBenchHost({
      driver: (deps) => timedDriver(createBwrapDriver(deps), note),
      idleMs: 0,
    })
    try {
      const count = short ? 3 : 40
      const times: number[] = []
      const floor: number[] = []
      const parts = steps.map((): number[] => [])
      host.onMark = (moment) => {
        if (moment === 'rung back') note(3)
        if (moment === 'at the adapter') note(4)
      }
      report(`${count} starts`)
      for (let index = -1; index < count; index += 1) {
        floor.push(await bareStart())
        marks = [performance.now()]
        await host.roundTrip(`hello ${index}`)
        await host.asleep()
        // The first one also fills the caches of the disk.
        if (index < 0) continue
        for (const [at, list] of parts.entries()) {
          list.push((marks[at + 1] ?? 0) - (marks[at] ?? 0))
        }
        times.push((marks[4] ?? 0) - (marks[0] ?? 0))
      }
      const p50 = percentile(times, 50)
      return [
        {
          ...{ name, unit: 'ms', p50: rounded(p50), p99: rounded(percentile(times, 99)) },
          floor: rounded(percentile(floor, 50)),
          ratio: rounded(p50 / percentile(floor, 50)),
          ...{ goal: 'p50 ≤ 120 ms', met: p50 <= 120 },
          breakdown: Object.fromEntries(
            steps.map((step, at) => [step, rounded(percentile(parts[at] ?? [], 50))]),
          ),
        },
      ]
    } finally {
      await host.stop()
    }
  },
}
