import { fork } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Benchmark, BenchResult } from './result.ts'
import { countSyncs, type SyncCount } from './sync-count.ts'

const hook = fileURLToPath(new URL('../native/statements.cjs', import.meta.url))
const program = fileURLToPath(new URL('../child.ts', import.meta.url))

function isResults(message: unknown): message is readonly BenchResult[] {
  return Array.isArray(message)
}

/**
 * Runs a benchmark in a process of its own, so that none feels another's heap, threads or timers.
 * Rejects when it fails or takes longer than its limit.
 */
export async function runBenchmark(
  benchmark: Benchmark,
  short: boolean,
): Promise<readonly BenchResult[]> {
  const { syncDelayMs = 0, counted = false, names } = benchmark
  if (syncDelayMs === 0 && !counted) return await runIn({}, benchmark, short)
  const folder = await mkdtemp(join(tmpdir(), 'nanoclaw-bench-disk-'))
  let disk: SyncCount | undefined
  try {
    disk = await countSyncs(folder)
    if (disk === undefined) throw new Error(`${names[0]} needs Linux and a C compiler (cc)`)
    disk.setDelay(syncDelayMs)
    const statements = join(folder, 'statements')
    await mkdir(statements)
    const env = counted
      ? { ...disk.env, BENCH_STATEMENTS: statements, NODE_OPTIONS: `--require=${hook}` }
      : disk.env
    return await runIn(env, benchmark, short)
  } finally {
    disk?.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function runIn(
  env: Readonly<Record<string, string>>,
  { names: [name = ''], limit }: Benchmark,
  short: boolean,
): Promise<readonly BenchResult[]> {
  // A group of its own: what it started ends with it.
  const child = fork(program, [name, ...(short ? ['--short'] : [])], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
    env: { ...process.env, ...env },
  })
  let results: readonly BenchResult[] | undefined
  child.on('message', (message) => {
    if (isResults(message)) results = message
  })
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All of it has gone.
    }
  }
  let late = false
  const timer = setTimeout(() => {
    late = true
    end()
  }, limit * 1_000)
  try {
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (status, signal) => resolve(signal ?? status))
    })
    if (late) throw new Error(`${name} took longer than ${limit} s`)
    if (code !== 0 || results === undefined) throw new Error(`${name} failed (${code})`)
    return results
  } finally {
    clearTimeout(timer)
    end()
  }
}
