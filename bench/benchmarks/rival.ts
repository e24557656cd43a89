import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { percentile, rounded, type Benchmark, type BenchResult } from '../lib/result.ts'
import {
  append,
  makePolledSession,
  pollInbound,
  pollOutbound,
  type PolledSession,
} from '../rival/files.ts'

const program = fileURLToPath(new URL('../rival/polling-runner.ts', import.meta.url))
const label = 'a polling loop, written for this comparison; not this product'

interface Wanted {
  readonly folder: string
  readonly count: number
  readonly rows: number
}

function makeSessions({ folder, count, rows }: Wanted): readonly PolledSession[] {
  return Array.from({ length: count }, (_, index) => {
    const root = join(folder, `${count}-${rows}-${index}`)
    mkdirSync(root)
    const session = { inbound: join(root, 'inbound.db'), outbound: join(root, 'outbound.db') }
    makePolledSession(session, rows)
    return session
  })
}

/** Milliseconds from the writing of each message to its delivery, one at a time in each session. */
async function converse(sessions: readonly PolledSession[], each: number): Promise<number[]> {
  const times: number[] = []
  await Promise.all(
    sessions.map(async (session, at) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      let left = each
      let sent = 0
      const send = (): void => {
        sent = performance.now()
        append(session, `in-${at}-${left}`)
      }
      const deliver = (): void => {
        times.push(performance.now() - sent)
        left -= 1
        if (left === 0) return resolve()
        // Whoever answers does not do so in step with somebody's clock.
        setTimeout(send, Math.random() * 1_000)
      }
      const poll = (): void => pollOutbound(session, deliver)
      const timers: NodeJS.Timeout[] = []
      setTimeout(() => timers.push(setInterval(poll, 1_000)), Math.random() * 1_000)
      setTimeout(send, Math.random() * 1_000)
      await promise
      for (const timer of timers) clearInterval(timer)
    }),
  )
  return times
}

async function roundTrips(folder: string, short: boolean): Promise<BenchResult> {
  const sessions = makeSessions({ folder, count: short ? 4 : 20, rows: 0 })
  const child = fork(program)
  const ready = once(child, 'message')
  child.send(sessions)
  await ready
  const times = await converse(sessions, short ? 1 : 10)
  const gone = once(child, 'exit')
  child.disconnect()
  await gone
  return {
    ...{ name: 'rival/round-trip', unit: 'ms' },
    ...{ p50: rounded(percentile(times, 50)), p99: rounded(percentile(times, 99)) },
    note: `${label}: 1 s polls on both sides, nothing is rung`,
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** CPU milliseconds of a round of looks, the middle of several. */
function costOf(look: () => void, rounds: number): number {
  look()
  const costs: number[] = []
  for (let index = 0; index < rounds; index += 1) {
    const before = cpuMs()
    look()
    costs.push(cpuMs() - before)
  }
  return percentile(costs, 50)
}

function idleSecond([session]: readonly PolledSession[], rounds: number): number {
  if (session === undefined) throw new RangeError('expected a session')
  return costOf(() => {
    pollInbound(session)
    pollOutbound(session, () => undefined)
  }, rounds)
}

function overHistory(folder: string, short: boolean): BenchResult {
  const sizes = [0, 10_000, 100_000]
  const perMinute = sizes.map((rows) => {
    const sessions = makeSessions({ folder, count: 1, rows: (short ? rows / 50 : rows) + 2 })
    return 60 * idleSecond(sessions, short ? 3 : 15)
  })
  return {
    ...{ name: 'rival/history', unit: 'ms', value: rounded(perMinute.at(-1) ?? 0) },
    breakdown: Object.fromEntries(
      sizes.map((rows, at) => [`${rows} rows`, rounded(perMinute[at] ?? 0)]),
    ),
    note: `${label}: CPU of both sides in an idle minute of one session with 100,000 rows, 60 times a look of either side as measured`,
  }
}

/** What a loop that looks at every session once a minute costs when there are many. */
function overSessions(folder: string, short: boolean): BenchResult {
  const counts = short ? [10, 50] : [100, 1_000, 10_000]
  // A look is the same at each session; some files stand for many, whose making would take minutes.
  const sessions = makeSessions({ folder, count: short ? 20 : 200, rows: 4 })
  const percents = counts.map((count) => {
    const sweep = costOf(() => {
      for (let index = 0; index < count; index += 1) {
        const session = sessions[index % sessions.length]
        if (session !== undefined) pollOutbound(session, () => undefined)
      }
    }, 1)
    return sweep / 600
  })
  return {
    ...{ name: 'rival/sessions', unit: '%', value: rounded(percents.at(-1) ?? 0) },
    breakdown: Object.fromEntries(
      counts.map((count, at) => [`${count} sessions`, rounded(percents[at] ?? 0)]),
    ),
    note: `${label}: CPU of a host that looks at each session once a minute, none of them busy`,
  }
}

/** What systems do that poll: printed beside ours, and labelled as what it is. */
export const rival: Benchmark = {
  names: ['rival/round-trip', 'rival/history', 'rival/sessions'],
  what: 'a loop that polls: files are opened, written and closed, both sides read all rows once a second; its round trip, and its CPU when nothing happens',
  limit: 120,
  run: async ({ short, report }) => {
    const folder = await mkdtemp(join(tmpdir(), 'nanoclaw-bench-'))
    try {
      report('messages')
      const first = await roundTrips(folder, short)
      report('looks at many rows, and at many sessions')
      return [first, overHistory(folder, short), overSessions(folder, short)]
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
