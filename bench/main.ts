import { parseArgs } from 'node:util'
import { roundTripBwrap } from './benchmarks/round-trip.ts'
import type { BenchResult } from './lib/result.ts'

const benchmarks = [roundTripBwrap]

const usage = `usage: npm run --silent bench -- [prefix] [--json]

Runs the benchmarks whose names begin with the prefix, or all of them:
${benchmarks.map(({ name, what }) => `  ${name}  ${what}`).join('\n')}
`

function line(result: BenchResult): string {
  const shown = (value: number | undefined): string =>
    value === undefined ? '' : `${value} ${result.unit}`
  const parts = [
    result.value === undefined
      ? `p50 ${shown(result.p50)}, p99 ${shown(result.p99)}`
      : shown(result.value),
    result.floor === undefined
      ? ''
      : `floor p50 ${shown(result.floor)}, p99 ${shown(result.floorP99)}`,
    result.ratio === undefined ? '' : `${result.ratio} × the floor`,
  ]
  return `${result.name}: ${parts.filter((part) => part !== '').join('; ')}`
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  const prefix = positionals[0] ?? ''
  const chosen = benchmarks.filter(({ name }) => name.startsWith(prefix))
  if (values.help === true || chosen.length === 0) {
    process.stderr.write(usage)
    return values.help === true ? 0 : 2
  }
  const results: BenchResult[] = []
  for (const benchmark of chosen) {
    const report = (progress: string): void =>
      void process.stderr.write(`${benchmark.name}: ${progress}\n`)
    const measured = await benchmark.run(report)
    results.push(...measured)
    if (values.json !== true) process.stdout.write(measured.map((r) => `${line(r)}\n`).join(''))
  }
  if (values.json === true) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  return 0
}

process.exitCode = await main()
