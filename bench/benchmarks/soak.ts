import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { startBenchHost, type BenchHost } from '../lib/bench-host.ts'
import { createGroupedDriver } from '../lib/grouped-driver.ts'
import { megabytes, usageOf } from '../lib/processes.ts'
import { percentile, rounded, type Benchmark, type BenchResult } from '../lib/result.ts'

const name = 'soak/200000'

interface Sample {
  readonly answered: number
  readonly rss: number
  /** Only now and then: it takes a while. */
  readonly disk?: number
}

function bytesBelow(folder: string): number {
  let sum = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    // A file may go while this looks at it.
    sum += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0
  }
  return sum
}

/** The middle one of what `of` says of the samples in a stretch of the run. */
function around(
  samples: readonly Sample[],
  [from, to]: readonly [number, number],
  of: (sample: Sample) => number | undefined,
): number {
  const values = samples
    .filter(({ answered }) => answered >= from && answered <= to)
    .flatMap((sample) => of(sample) ?? [])
  return values.length === 0 ? Number.NaN : percentile(values, 50)
}

function summary(samples: readonly Sample[], messages: number, seconds: number): BenchResult {
  const rss = (from: number, to: number): number =>
    around(samples, [from * messages, to * messages], (sample) => sample.rss)
  const disk = (from: number, to: number): number =>
    around(samples, [from * messages, to * messages], (sample) => sample.disk)
  const [early, late] = [rss(0.04, 0.06), rss(0.95, 1)]
  const [before, after] = [disk(0.25, 0.45), disk(0.8, 1)]
  const grown = megabytes(late - early)
  return {
    ...{ name, unit: 'MB', value: grown },
    goal: 'memory within 20 MB of that after the first 10,000; bytes on disk flat (within 20 %)',
    met: grown <= 20 && after <= 1.2 * before,
    breakdown: {
      'resident after 10,000': megabytes(early),
      'resident at the end': megabytes(late),
      'on disk after a third': megabytes(before),
      'on disk at the end': megabytes(after),
      'answered a second': rounded(messages / seconds),
    },
  }
}

/** Goes on in all chats until so many messages have been answered; says how it stands meanwhile. */
async function soakHost(
  host: BenchHost,
  messages: number,
  report: (progress: string) => void,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  let answered = 0
  let sent = 0
  let looks = 0
  const look = (): void => {
    const disk = looks % 20 === 0 ? bytesBelow(host.core.layout.sessions) : undefined
    looks += 1
    const { rss } = usageOf(process.pid)
    samples.push({ answered, rss, ...(disk === undefined ? {} : { disk }) })
    if (looks % 80 === 0) report(`${answered} of ${messages}, ${megabytes(rss)} MB`)
  }
  const timer = setInterval(look, messages > 10_000 ? 250 : 20)
  await Promise.all(
    host.chats.map(async (_, chat) => {
      while (sent < messages) {
        sent += 1
        await host.roundTrip(`hello ${sent}`, chat)
        answered += 1
      }
    }),
  )
  clearInterval(timer)
  return samples
}

/** Whether anything is kept that need not be. */
export const soak: Benchmark = {
  names: [name],
  what: '200,000 messages through 100 sessions, their runners in eight processes; what has ended is pruned after seconds: growth of the host’s memory after the first 10,000, and bytes on disk',
  limit: 840,
  run: async ({ short, report }) => {
    const [messages, chats, groups, keepSeconds] = short ? [300, 6, 1, 1] : [200_000, 100, 8, 15]
    const host = await startBenchHost({
      driver: () => createGroupedDriver(groups),
      ...{ chats, containers: chats, retentionDays: keepSeconds / 86_400 },
    })
    try {
      report(`${messages} messages`)
      const began = performance.now()
      const samples = await soakHost(host, messages, report)
      return [summary(samples, messages, (performance.now() - began) / 1_000)]
    } finally {
      await host.stop()
    }
  },
}
