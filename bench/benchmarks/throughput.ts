import type { BenchHost } from '../lib/bench-host.ts'
import { startBenchHost } from '../lib/bench-host.ts'
import { converse } from '../lib/converse.ts'
import { createGroupedDriver } from '../lib/grouped-driver.ts'
import { probeLoop } from '../lib/loop-delay.ts'
import { percentile, rounded, type Benchmark, type BenchResult } from '../lib/result.ts'

interface Goals {
  readonly throughput: string
  readonly delay: string
  readonly perSecond: number
}

/** Answers per second, and how late the loop of the host is meanwhile. */
async function measure(
  host: BenchHost,
  each: number,
  goals: Goals,
): Promise<readonly BenchResult[]> {
  const probe = probeLoop()
  const { seconds, times } = await converse(host, each)
  const delay = probe.stop()
  const value = times.length / seconds
  return [
    {
      ...{ name: goals.throughput, unit: '/s', value: rounded(value) },
      goal: `≥ ${goals.perSecond} answered a second`,
      met: value >= goals.perSecond,
      breakdown: {
        'ms to an answer, p50': rounded(percentile(times, 50)),
        'ms to an answer, p99': rounded(percentile(times, 99)),
      },
    },
    {
      ...{ name: goals.delay, unit: 'ms', p50: rounded(delay.p50), p99: rounded(delay.p99) },
      ...{ goal: 'p99 ≤ 15 ms', met: delay.p99 <= 15 },
      breakdown: { longest: rounded(delay.max) },
    },
  ]
}

/** Starts so many sessions, their runners in `groups` processes, and lets all talk at once. */
async function converseAtOnce(
  { chats, groups, report }: { chats: number; groups: number; report: (what: string) => void },
  each: number,
  goals: Goals,
): Promise<readonly BenchResult[]> {
  const driver = (): ReturnType<typeof createGroupedDriver> => createGroupedDriver(groups)
  const host = await startBenchHost({ driver, chats, containers: chats })
  try {
    report(`${chats} sessions start`)
    await converse(host, 2)
    report(`${chats} × ${each} messages`)
    return await measure(host, each, goals)
  } finally {
    await host.stop()
  }
}

/** 200 conversations at once, and what the host's event loop feels of them. */
export const throughput: Benchmark = {
  names: ['throughput/200x20', 'loop-delay/200x20'],
  what: '200 sessions with 20 messages each, all sessions at once, their runners in eight processes; answers per second, and how late the event loop of the host is',
  limit: 90,
  run: async ({ short, report }) => {
    const [chats, each, groups] = short ? [10, 5, 1] : [200, 20, 8]
    return converseAtOnce({ chats, groups, report }, each, {
      throughput: 'throughput/200x20',
      delay: 'loop-delay/200x20',
      perSecond: 1_000,
    })
  },
}

/** The same on a disk whose every sync takes 20 ms more, in the host and in the runners. */
export const slowDisk: Benchmark = {
  names: ['slow-disk/throughput', 'slow-disk/loop-delay'],
  what: 'every sync of every process takes 20 ms more; 50 sessions at once, two to a runner process; answers per second, and how late the event loop of the host is',
  limit: 120,
  syncDelayMs: 20,
  run: async ({ short, report }) => {
    const [chats, each, groups] = short ? [4, 3, 1] : [50, 40, 25]
    return converseAtOnce({ chats, groups, report }, each, {
      throughput: 'slow-disk/throughput',
      delay: 'slow-disk/loop-delay',
      perSecond: 300,
    })
  },
}
