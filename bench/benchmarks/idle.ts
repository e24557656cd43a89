import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { daemonEnvironment, daemonNodeArguments } from '../lib/daemon-node.ts'
import { makeManySessions } from '../lib/many-sessions.ts'
import { descendants, megabytes, usageOf, usageOfAll, type Usage } from '../lib/processes.ts'
import { percentile, rounded, type Benchmark, type BenchResult } from '../lib/result.ts'

const program = fileURLToPath(new URL('../../apps/daemon/dist/main.js', import.meta.url))

interface Started {
  readonly child: ChildProcess
  readonly pid: number
  /** Milliseconds from the start of the process to a daemon that takes messages. */
  readonly readyMs: number
}

async function start(home: string): Promise<Started> {
  const began = performance.now()
  const args = [...daemonNodeArguments, program, 'start', '--headless', '--json', '--home', home]
  const child = spawn(process.execPath, args, {
    env: { ...daemonEnvironment, ...process.env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"type":"ready"')) continue
    return { child, pid: child.pid ?? 0, readyMs: performance.now() - began }
  }
  throw new Error('the daemon ended before it was ready')
}

async function stop({ child }: Started): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

interface Idle {
  readonly ready: readonly Started[]
  /** Of one processor. */
  readonly cpuPercent: number
  readonly host: Usage
  readonly others: Usage
}

/** Starts the daemon on a home of so many sessions, several times, and then lets it be. */
async function measureIdle(
  sessions: number,
  { starts, settle, seconds }: { starts: number; settle: number; seconds: number },
): Promise<Idle> {
  const { home } = await makeManySessions(sessions)
  try {
    const ready: Started[] = []
    for (let index = 0; index < starts; index += 1) {
      ready.push(await start(home))
      const last = ready.at(-1)
      if (index < starts - 1 && last !== undefined) await stop(last)
    }
    const running = ready.at(-1)
    if (running === undefined) throw new RangeError('expected at least one start')
    await sleep(settle * 1_000)
    const { pid } = running
    const all = [pid, ...descendants(pid)]
    const before = usageOfAll(all, false).cpuMs
    const began = performance.now()
    await sleep(seconds * 1_000)
    const spent = usageOfAll(all, false).cpuMs - before
    const cpuPercent = (100 * spent) / (performance.now() - began)
    const [host, others] = [usageOf(pid), usageOfAll(all.slice(1))]
    await stop(running)
    return { ready, cpuPercent, host, others }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

function results(most: Idle, cpu: Readonly<Record<string, number>>): readonly BenchResult[] {
  const { ready, cpuPercent, host, others } = most
  const times = ready.map(({ readyMs }) => readyMs)
  const readyMs = rounded(percentile(times, 50))
  return [
    {
      name: 'idle-10000/rss',
      unit: 'MB',
      value: megabytes(host.rss),
      goal: '≤ 100 MB',
      met: host.rss <= 100e6,
      breakdown: {
        'reader processes, resident': megabytes(others.rss),
        'all, shared pages counted once': megabytes(host.pss + others.pss),
      },
      counts: {
        'threads of the daemon': host.threads,
        'descriptors of the daemon': host.descriptors,
      },
    },
    {
      name: 'idle-10000/cpu',
      unit: '%',
      value: rounded(cpuPercent),
      goal: '≤ 0.5 % of a core',
      met: cpuPercent <= 0.5,
      breakdown: cpu,
    },
    {
      name: 'idle-10000/ready',
      unit: 'ms',
      value: readyMs,
      goal: '≤ 1 s',
      met: readyMs <= 1_000,
      breakdown: { longest: rounded(Math.max(...times)) },
    },
  ]
}

/** Ten thousand sessions that nothing is the matter with. */
export const idleMany: Benchmark = {
  names: ['idle-10000/rss', 'idle-10000/cpu', 'idle-10000/ready'],
  what: '10,000 sessions on disk, none busy: memory of the daemon, its CPU with that of its readers, and the time from the start of its process until it takes messages',
  limit: 150,
  run: async ({ short, report }) => {
    const times = short
      ? { starts: 1, settle: 0.3, seconds: 1 }
      : { starts: 5, settle: 4, seconds: 15 }
    const counts = short ? [300] : [100, 1_000, 10_000]
    const cpu: Record<string, number> = {}
    let last: Idle | undefined
    for (const sessions of counts) {
      report(`${sessions} sessions`)
      last = await measureIdle(sessions, times)
      cpu[`${sessions} sessions`] = rounded(last.cpuPercent)
    }
    return last === undefined ? [] : results(last, cpu)
  },
}
