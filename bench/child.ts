import { benchmarks } from './benchmarks/all.ts'

/** Runs one benchmark in a process of its own: `child.ts NAME [--short]`; results go to the parent. */
async function main(name: string | undefined, short: boolean): Promise<void> {
  const benchmark = benchmarks.find(({ names }) => names[0] === name)
  if (benchmark === undefined) throw new Error(`there is no benchmark ${name}`)
  const report = (progress: string): void => void process.stderr.write(`${name}: ${progress}\n`)
  const results = await benchmark.run({ short, report })
  await new Promise<void>((resolve) => {
    if (process.send === undefined) return resolve()
    process.send(results, () => resolve())
  })
}

// Who asked has gone: nobody waits for the results.
process.once('disconnect', () => process.exit())
await main(process.argv[2], process.argv.includes('--short'))
process.exit()
