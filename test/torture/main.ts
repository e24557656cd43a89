import { readOptions, usage, type TortureOptions } from './options.ts'
import { toJson, toNotes, toTable } from './report.ts'
import { againWithMounts, mayMount } from './small-home.ts'
import { torture } from './torture.ts'

const inside = '--inside-own-mounts'

async function main(args: readonly string[]): Promise<number> {
  let options: TortureOptions | undefined
  try {
    options = readOptions(args.filter((each) => each !== inside))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  if (options === undefined) {
    process.stdout.write(usage)
    return 0
  }
  if (mayMount && !args.includes(inside)) {
    // The seed is known from now on, so that both say the same.
    const seed = args.includes('--seed') ? [] : ['--seed', String(options.seed)]
    return await againWithMounts([import.meta.filename, ...args, ...seed, inside])
  }
  return await run(options)
}

async function run(options: TortureOptions): Promise<number> {
  const { test, minutes, kills, seed, windowMs, lookUp, json } = options
  const window = windowMs === undefined ? 'none' : `${windowMs} ms`
  const work = kills === undefined ? `${minutes} minutes` : `${kills} kills`
  const lasts = test === 'storm' ? work : test
  const line = `torture: seed ${seed}, ${lasts}, window ${window}, look-up ${lookUp ? 'yes' : 'no'}`
  process.stderr.write(`${line}${mayMount ? '' : ', no disk fills up (it takes root)'}\n`)
  const early = new AbortController()
  // A terminal signals both programs, and the outer one passes it on; the daemon is in no group of theirs.
  process.on('SIGINT', () => early.abort()).on('SIGTERM', () => early.abort())
  const report = (progress: string): void => void process.stderr.write(`${progress}\n`)
  const outcome = await torture(options, report, early.signal)
  process.stdout.write(json ? `${toJson(outcome)}\n` : toTable(outcome))
  process.stderr.write(toNotes(outcome))
  return outcome.complaints.length === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
