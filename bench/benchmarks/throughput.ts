import { startBenchHost, type BenchHost } from '../lib/bench-host.ts'
import { createGroupedDriver } from '../lib/grouped-driver.ts'
import { probeLoop } from '../lib/loop-delay.ts'
import { percentile, rounded, type Benchmark } from '../lib/result.ts'

const groups = 8

/** In each chat one message after the other, all chats at once. */
async function converse(
  host: BenchHost,
  each: number,
): Promise<{ readonly seconds: number; readonly times: readonly number[] }> {
  const times: number[] = []
  const began = performance.now()
  await Promise.all(
    host.chats.map(async (_, chat) => {
      for (let index = 0; index < each; index += 1) {
        const sent = performance.now()
        await host.roundTrip(`hello ${index}`, chat)
        times.push(performance.now() - sent)
      }
    }),
  )
  return { seconds: (performance.now() - began) / 1_000, times }
}

/** 200 conversations at once, and what the host's event loop feels of them. */
export const throughput: Benchmark = {
  names: ['throughput/200x20', 'loop-delay/200x20'],
  what: '200 sessions with 20 messages each, all sessions at once, their runners in eight processes; answers per second, and how late the event loop of the host is',
  limit: 90,
  run: async ({ short, report }) => {
    const [chats, each] = short ? [20, 10] : [200, 20]
    const driver = (): ReturnType<typeof createGroupedDriver> =>
      createGroupedDriver(short ? 2 : groups)
    const host = await startBenchHost({ driver, chats, containers: chats })
    try {
      report(`${chats} sessions start`)
      await converse(host, 2)
      report(`${chats} × ${each} messages`)
      const probe = probeLoop()
      const { seconds, times } = await converse(host, each)
      const delay = probe.stop()
      const value = times.length / seconds
      return [
        {
          name: 'throughput/200x20',
          unit: '/s',
          value: rounded(value),
          goal: '≥ 1,000 answered a second',
          met: value >= 1_000,
          breakdown: {
            'ms to an answer, p50': rounded(percentile(times, 50)),
            'ms to an answer, p99': rounded(percentile(times, 99)),
          },
        },
        {
          name: 'loop-delay/200x20',
          unit: 'ms',
          p50: rounded(delay.p50),
          p99: rounded(delay.p99),
          goal: 'p99 ≤ 15 ms',
          met: delay.p99 <= 15,
          breakdown: { longest: rounded(delay.max) },
        },
      ]
    } finally {
      await host.stop()
    }
  },
}
