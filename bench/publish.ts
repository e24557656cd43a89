import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { markdownTable } from './lib/markdown-table.ts'
import { drawPlots, type Plot } from './lib/plot.ts'
import { readResults, type ResultsFile } from './lib/results-file.ts'

const root = join(import.meta.dirname, '..')
const [begin, end] = ['<!-- benchmarks: begin -->', '<!-- benchmarks: end -->']

function numbers(file: ResultsFile, name: string): readonly number[] {
  const found = file.results.find((result) => result.name === name)
  return Object.values(found?.breakdown ?? {})
}

function plots(file: ResultsFile): readonly Plot[] {
  const value = (name: string): number =>
    file.results.find((result) => result.name === name)?.value ?? 0
  return [
    {
      title: 'Cost of history',
      measure: 'CPU milliseconds in an idle minute of one session',
      labels: ['0', '10,000', '100,000'],
      xTitle: 'rows in the session',
      series: [
        { name: 'a polling loop', isOurs: false, values: numbers(file, 'rival/history') },
        {
          name: 'NanoClaw',
          isOurs: true,
          values: [0, 10_000, 100_000].map((rows) => value(`history/${rows}/idle`)),
        },
      ],
    },
    {
      title: 'Cost of sleeping sessions',
      measure: '% of a core, nothing to do',
      labels: ['100', '1,000', '10,000'],
      xTitle: 'sessions on disk',
      series: [
        {
          name: 'a loop, once a minute',
          isOurs: false,
          values: numbers(file, 'rival/sessions'),
        },
        { name: 'NanoClaw', isOurs: true, values: numbers(file, 'idle-10000/cpu') },
      ],
    },
  ]
}

/** What stands between the markers of the README. */
function section({ day, machine, results }: ResultsFile): string {
  const { cpu, cores, memoryGB, kernel, node } = machine
  const where = `${cores} cores of ${cpu}, ${memoryGB} GB, ${kernel}, Node ${node.slice(1)}, ${day}`
  return `${begin}\n\nAs it came out of one run of \`pnpm bench\`: ${where}.\n\n${markdownTable(results)}\n${end}`
}

/** Writes table and plot from `results/latest.json`; with `--check` says whether they are as it is. */
function main(isCheck: boolean): number {
  const file = readResults(join(root, 'bench/results/latest.json'))
  const readme = join(root, 'README.md')
  const text = readFileSync(readme, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`expected ${begin} and ${end} in README.md`)
  const outputs = [
    [readme, text.slice(0, from) + section(file) + text.slice(to + end.length)],
    [
      join(root, 'docs/pictures/benchmarks.svg'),
      drawPlots(plots(file), 'Cost of history and of sleeping sessions, beside a polling loop'),
    ],
  ] as const
  if (!isCheck) {
    for (const [path, content] of outputs) writeFileSync(path, content)
    return 0
  }
  // Prettier widens the columns of tables; that says nothing.
  const plain = (content: string): string => content.replace(/ +/g, ' ').replace(/-{3,}/g, '---')
  const stale = outputs.filter(
    ([path, content]) => plain(readFileSync(path, 'utf8')) !== plain(content),
  )
  for (const [path] of stale) process.stdout.write(`${path} is not what the results say\n`)
  return stale.length === 0 ? 0 : 1
}

process.exitCode = main(process.argv.includes('--check'))
