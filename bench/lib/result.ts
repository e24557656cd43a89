/** One figure of a benchmark; the shape that `--json` prints. */
export interface BenchResult {
  readonly name: string
  readonly unit: 'ms' | '/s' | 'MB' | '%' | 'bytes' | 'commits'
  readonly value?: number
  readonly p50?: number
  readonly p99?: number
  /** The same work made bare, on the same disk in the same run. */
  readonly floor?: number
  readonly floorP99?: number
  /** `p50`, or `value`, over the floor. */
  readonly ratio?: number
  /** What it should reach, in words. */
  readonly goal?: string
  /** Whether it does; left out where there is no goal. */
  readonly met?: boolean
  /** What is counted, not timed: commits per message and the like. */
  readonly counts?: Readonly<Record<string, number>>
  /** Where the time goes, in the figure's unit. */
  readonly breakdown?: Readonly<Record<string, number>>
  /** What has to be known to read the figure. */
  readonly note?: string
}

/** How a benchmark is run. */
export interface BenchRun {
  /** Tiny counts: to see that it works, and for its counts; its times say little. */
  readonly short: boolean
  /** Says how far it is. */
  report(progress: string): void
}

/** A benchmark: one run that makes the figures of these names. */
export interface Benchmark {
  readonly names: readonly string[]
  /** One line: what is measured. */
  readonly what: string
  /** It is ended after this long, in seconds. */
  readonly limit: number
  /** Every sync of its processes takes so many milliseconds more. */
  readonly syncDelayMs?: number
  /** Its processes write down their statements and count their syncs: see `structure.ts`. */
  readonly counted?: boolean
  run(run: BenchRun): Promise<readonly BenchResult[]>
}

/** The p-th percentile (0 to 100) by nearest rank. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = Math.max(1, Math.ceil((p / 100) * sorted.length))
  const value = sorted[rank - 1]
  if (value === undefined) throw new RangeError('expected values to take a percentile of, got none')
  return value
}

/** Three digits after the point: what the clock can tell. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
