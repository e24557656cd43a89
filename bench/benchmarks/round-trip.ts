import { createBwrapDriver } from '@nanoclaw/host'
import { startBenchHost, type BenchHost } from '../lib/bench-host.ts'
import { countCommits, type CommitCount } from '../lib/commit-count.ts'
import { measureFloor } from '../lib/floor.ts'
import { collectHops } from '../lib/hops.ts'
import { percentile, rounded, type Benchmark, type BenchResult } from '../lib/result.ts'
import { readSample } from '../lib/sample.ts'

const name = 'round-trip/bwrap'

/** Counters of each database that a message may touch; there once all are open. */
function countEach(host: BenchHost): Readonly<Record<string, CommitCount>> {
  const { core } = host
  const files = host.files()
  return {
    inbound: countCommits(files.inboundDb),
    outbound: countCommits(files.outboundDb),
    central: countCommits(core.layout.centralDb),
  }
}

async function measure(
  host: BenchHost,
  messages: number,
): Promise<{ times: readonly number[]; hops: Record<string, number> }> {
  const hops = collectHops()
  host.onMark = (moment) => hops.mark(moment)
  const times: number[] = []
  for (let index = 0; index < messages; index += 1) {
    const began = performance.now()
    hops.begin()
    await host.roundTrip(`hello ${index}`)
    hops.end()
    times.push(performance.now() - began)
  }
  const medians = [...hops.times].map(([hop, all]) => [hop, rounded(percentile(all, 50))] as const)
  return { times, hops: Object.fromEntries(medians) }
}

async function run(host: BenchHost, messages: number): Promise<BenchResult> {
  const sample = readSample(host.files())
  const before = await measureFloor(host.home, sample, messages / 2)
  const counters = countEach(host)
  const starts = Object.values(counters).map((counter) => counter.read())
  const { times, hops } = await measure(host, messages)
  const made = Object.entries(counters).map(
    ([file, counter], index) =>
      [file, rounded((counter.read() - (starts[index] ?? 0)) / messages)] as const,
  )
  const floorTimes = [...before, ...(await measureFloor(host.home, sample, messages / 2))]
  const [p50, p99] = [percentile(times, 50), percentile(times, 99)]
  const [floor, floorP99] = [percentile(floorTimes, 50), percentile(floorTimes, 99)]
  const commits = made.reduce((sum, [, count]) => sum + count, 0)
  return {
    ...{ name, unit: 'ms' },
    ...{ p50: rounded(p50), p99: rounded(p99), floor: rounded(floor), floorP99: rounded(floorP99) },
    ratio: rounded(p50 / floor),
    goal: 'p50 ≤ 3 × the floor and ≤ 1.5 ms; p99 ≤ floor + 5 ms; ≤ 5 commits',
    met: p50 <= 3 * floor && p50 <= 1.5 && p99 <= floorP99 + 5 && commits <= 5.05,
    counts: { 'commits per message': rounded(commits), ...Object.fromEntries(made) },
    breakdown: hops,
  }
}

/** One warm conversation, one message after the other, the runner in bubblewrap. */
export const roundTripBwrap: Benchmark = {
  names: [name],
  what: 'hand-over to "delivered" committed, scripted agent in bubblewrap, 2,000 in sequence; floor: its five commits made bare, before and after',
  limit: 90,
  run: async ({ short, report }) => {
    const host = await startBenchHost({ driver: createBwrapDriver })
    try {
      const [warmUp, messages] = short ? [10, 200] : [50, 2_000]
      for (let index = 0; index < warmUp; index += 1) await host.roundTrip(`warm ${index}`)
      report(`${messages} round trips`)
      return [await run(host, messages)]
    } finally {
      await host.stop()
    }
  },
}
