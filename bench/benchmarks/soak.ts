import { fork } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { daemonEnvironment, daemonNodeArguments } from '../lib/daemon-node.ts'
import { megabytes, usageOf } from '../lib/processes.ts'
import { percentile, rounded, type Benchmark, type BenchResult } from '../lib/result.ts'
import type { SoakOptions, SoakWord } from '../lib/soak-host.ts'

const name = 'soak/200000'
const program = fileURLToPath(new URL('../lib/soak-host.ts', import.meta.url))

interface Sample {
  readonly answered: number
  readonly rss: number
  readonly threads: number
  /** In use in the heap of the main thread, garbage included. */
  readonly heap: number
  /** Only now and then: it takes a while. */
  readonly disk?: number
}

interface Soaked {
  readonly samples: readonly Sample[]
  readonly seconds: number
  /** Ids of messages that were still in the heap when all had been answered. */
  readonly idsKept: number
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

/** What `of` says of the samples in a stretch of the run, or, of one with none, of all. */
function during(
  samples: readonly Sample[],
  [from, to]: readonly [number, number],
  of: (sample: Sample) => number | undefined,
): readonly number[] {
  const inside = samples.filter(({ answered }) => answered >= from && answered <= to)
  const values = [inside, samples].map((those) => those.flatMap((sample) => of(sample) ?? []))
  return values.find(({ length }) => length > 0) ?? [Number.NaN]
}

function summary({ samples, seconds, idsKept }: Soaked, options: SoakOptions): BenchResult {
  const { messages, chats } = options
  const stretch = (from: number, to: number): readonly [number, number] => [
    from * messages,
    to * messages,
  ]
  const middle = (at: readonly [number, number], of: (sample: Sample) => number | undefined) =>
    percentile(during(samples, at, of), 50)
  /** Least is in use right after a collection: that is what lives. */
  const live = (at: readonly [number, number]): number =>
    Math.min(...during(samples, at, ({ heap }) => heap))
  const [early, late] = [stretch(0.04, 0.06), stretch(0.95, 1)]
  const resident = [early, late].map((at) => middle(at, ({ rss }) => rss))
  const threads = [early, late].map((at) => middle(at, (sample) => sample.threads))
  const [before, after] = [stretch(0.25, 0.45), stretch(0.8, 1)].map((at) =>
    middle(at, ({ disk }) => disk),
  )
  const grown = megabytes((resident[1] ?? 0) - (resident[0] ?? 0))
  return {
    ...{ name, unit: 'MB', value: grown },
    goal: 'memory within 20 MB of that after the first 10,000; bytes on disk flat (within 20 %)',
    met: grown <= 20 && (after ?? 0) <= 1.2 * (before ?? 0),
    counts: {
      'ids of messages kept in memory, per session': rounded(idsKept / chats),
      'threads after 10,000': threads[0] ?? 0,
      'threads at the end': threads[1] ?? 0,
    },
    breakdown: {
      'resident after 10,000': megabytes(resident[0] ?? 0),
      'resident at the end': megabytes(resident[1] ?? 0),
      'most resident': megabytes(Math.max(...samples.map(({ rss }) => rss))),
      'alive in the heap after 10,000': megabytes(live(early)),
      'alive in the heap at the end': megabytes(live(late)),
      'on disk after a third': megabytes(before ?? 0),
      'on disk at the end': megabytes(after ?? 0),
      'answered a second': rounded(messages / seconds),
    },
  }
}

/** Looks at a host in a process of its own while it answers so many messages. */
async function watchSoak(
  options: SoakOptions,
  report: (progress: string) => void,
): Promise<Soaked> {
  const { messages } = options
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: [...process.execArgv, ...daemonNodeArguments],
    env: { ...daemonEnvironment, ...process.env },
  })
  const samples: Sample[] = []
  let [answered, heap, seconds, looks] = [0, 0, 0, 0]
  let sessions: string | undefined
  let idsKept: number | undefined
  const look = (): void => {
    const disk = looks % 20 === 0 && sessions !== undefined ? bytesBelow(sessions) : undefined
    looks += 1
    const { rss, threads } = usageOf(child.pid ?? 0)
    samples.push({ answered, rss, threads, heap, ...(disk === undefined ? {} : { disk }) })
    if (looks % 80 === 0) report(`${answered} of ${messages}, ${megabytes(rss)} MB`)
  }
  let timer: NodeJS.Timeout | undefined
  child.on('message', (word: SoakWord) => {
    if ('sessions' in word) {
      sessions = word.sessions
      timer = setInterval(look, messages > 10_000 ? 250 : 20)
    } else if ('answered' in word) {
      answered = word.answered
      heap = word.heap
    } else if ('seconds' in word) {
      clearInterval(timer)
      seconds = word.seconds
    } else idsKept = word.idsKept
  })
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (status, signal) => resolve(signal ?? status))
  }).finally(() => clearInterval(timer))
  if (code !== 0 || idsKept === undefined) throw new Error(`the host ended too early (${code})`)
  return { samples, seconds, idsKept }
}

/** Whether anything is kept that need not be. */
export const soak: Benchmark = {
  names: [name],
  what: '200,000 messages through 100 sessions, their runners in eight processes; what has ended is pruned after seconds: growth of the host’s memory after the first 10,000, and bytes on disk',
  limit: 840,
  run: async ({ short, report }) => {
    const options = short
      ? { messages: 300, chats: 6, groups: 1, keepSeconds: 1 }
      : { messages: 200_000, chats: 100, groups: 8, keepSeconds: 15 }
    report(`${options.messages} messages`)
    return [summary(await watchSoak(options, report), options)]
  },
}
