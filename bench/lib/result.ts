/** One figure of a benchmark; the shape that `--json` prints. */
export interface BenchResult {
  readonly name: string
  readonly unit: 'ms' | '/s' | 'MB' | '%' | 'bytes'
  readonly value?: number
  readonly p50?: number
  readonly p99?: number
  /** The same work made bare, on the same disk in the same run. */
  readonly floor?: number
  readonly floorP99?: number
  /** `p50`, or `value`, over the floor. */
  readonly ratio?: number
}

/** A benchmark: figures under names that begin with its own. */
export interface Benchmark {
  readonly name: string
  /** One line: what is measured. */
  readonly what: string
  run(report: (progress: string) => void): Promise<readonly BenchResult[]>
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
