import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { benchmarks } from './benchmarks/all.ts'
import { describeResult } from './lib/describe-result.ts'
import { markdownTable } from './lib/markdown-table.ts'
import { thisMachine, type ResultsFile } from './lib/results-file.ts'
import type { BenchResult } from './lib/result.ts'
import { runBenchmark } from './lib/run-benchmark.ts'

const usage = `usage: npm run --silent bench -- [prefix] [--json | --markdown] [--short] [--save FILE]

Runs the benchmarks whose names begin with the prefix, or all of them:
${benchmarks.map(({ names, what }) => `  ${names.join(', ')}\n      ${what}`).join('\n')}

  --json       prints the results as JSON
  --markdown   prints them as a table
  --save FILE  keeps them with the day and the kind of machine, for bench/publish.ts
  --short      tiny counts: shows that all works, and its counts; its times say little
`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      markdown: { type: 'boolean' },
      save: { type: 'string' },
      short: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  const prefix = positionals[0] ?? ''
  const isAsked = (name: string): boolean => name.startsWith(prefix)
  const chosen = benchmarks.filter(({ names }) => names.some(isAsked))
  if (values.help === true || chosen.length === 0) {
    process.stderr.write(usage)
    return values.help === true ? 0 : 2
  }
  const results: BenchResult[] = []
  let failed = false
  for (const benchmark of chosen) {
    const began = performance.now()
    try {
      const measured = await runBenchmark(benchmark, values.short === true)
      const seconds = Math.round((performance.now() - began) / 100) / 10
      process.stderr.write(`${benchmark.names[0]}: ${seconds} s\n`)
      const asked = measured.filter(({ name }) => isAsked(name))
      results.push(...asked)
      const isPlain = values.json !== true && values.markdown !== true
      if (isPlain) process.stdout.write(asked.map(describeResult).join(''))
    } catch (error) {
      failed = true
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  if (values.json === true) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  if (values.markdown === true) process.stdout.write(markdownTable(results))
  if (values.save !== undefined) {
    const day = new Date().toISOString().slice(0, 10)
    const file: ResultsFile = { day, machine: thisMachine(), results }
    writeFileSync(values.save, `${JSON.stringify(file, null, 2)}\n`)
  }
  return failed ? 1 : 0
}

process.exitCode = await main()
