import { createBwrapDriver } from '@nanoclaw/host'
import { startBenchHost } from '../lib/bench-host.ts'
import { converse } from '../lib/converse.ts'
import { percentile, rounded, type Benchmark } from '../lib/result.ts'

const name = 'throughput/cap16'

/** Far more conversations than may have a container at once. */
export const cappedThroughput: Benchmark = {
  names: [name],
  what: '200 sessions, 20 agents, one bubblewrap each, 16 slots, two messages each and all at once: answers per second, containers started and ended on the way, and how long sessions wait',
  limit: 120,
  run: async ({ short, report }) => {
    const [chats, containers] = short ? [5, 2] : [200, 16]
    const host = await startBenchHost({ driver: createBwrapDriver, chats, containers })
    try {
      report(`${chats} sessions want ${containers} slots`)
      const { seconds, times } = await converse(host, 2)
      const [median, longest] = [percentile(times, 50), percentile(times, 100)]
      return [
        {
          ...{ name, unit: '/s', value: rounded(times.length / seconds) },
          goal: 'no session waits more than three times the median',
          met: longest <= 3 * median,
          breakdown: {
            'longest wait over the median': rounded(longest / median),
            'ms to an answer, p50': rounded(median),
            'ms to an answer, longest': rounded(longest),
          },
        },
      ]
    } finally {
      await host.stop()
    }
  },
}
