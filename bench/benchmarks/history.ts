import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCore } from '@nanoclaw/core'
import { createBwrapDriver } from '@nanoclaw/host'
import { makeAged, type Aged } from '../lib/aged.ts'
import { startBenchHost, type BenchHome, type BenchHost } from '../lib/bench-host.ts'
import { descendants, usageOfAll } from '../lib/processes.ts'
import { percentile, rounded, type Benchmark, type BenchResult } from '../lib/result.ts'

const driver = createBwrapDriver

/** One message here, one there: what disturbs the machine disturbs all of them. */
async function interleave(homes: readonly Aged[], rounds: number): Promise<readonly number[][]> {
  const hosts: BenchHost[] = []
  try {
    for (const { home } of homes) hosts.push(await startBenchHost({ driver, there: home }))
    for (let index = 0; index < (rounds < 100 ? 2 : 20); index += 1) {
      for (const host of hosts) await host.roundTrip(`warm ${index}`)
    }
    const times = homes.map((): number[] => [])
    for (let index = 0; index < rounds; index += 1) {
      for (const [at, host] of hosts.entries()) {
        const began = performance.now()
        await host.roundTrip(`hello ${index}`)
        times[at]?.push(performance.now() - began)
      }
    }
    return times
  } finally {
    for (const host of hosts) await host.stop()
  }
}

/** Leaves a message for a host that does not run. */
async function leaveMessage({ home, chats: [chat] }: BenchHome, text: string): Promise<void> {
  if (chat === undefined) throw new Error('expected a chat')
  const core = await createCore({ home })
  await core.sessions.ensureDue(chat.sessionId, new Date(0).toISOString())
  const mailbox = await core.mailboxes.open(chat.agentGroupId, chat.sessionId)
  await mailbox.append([
    {
      kind: 'chat',
      content: { text, sender: 'Ann', senderId: 'ann' },
      origin: {
        channelType: 'bench',
        channelInstance: '',
        platformId: chat.chatId,
        threadId: null,
      },
    },
  ])
  await mailbox.close()
  await core.close()
}

interface Restarted {
  readonly host: BenchHost
  readonly ms: number
}

/** Milliseconds from a host that begins to open its home until the waiting message is answered. */
async function restart({ home }: Aged): Promise<Restarted> {
  await leaveMessage(home, 'before the start')
  const { promise, resolve } = Promise.withResolvers<void>()
  const onMark: BenchHost['onMark'] = (moment) => {
    if (moment === 'delivered') resolve()
  }
  const began = performance.now()
  const host = await startBenchHost({ driver, there: home, onMark })
  await promise
  return { host, ms: performance.now() - began }
}

/** CPU milliseconds of host, readers and one idle runner in a minute. */
async function idleMinute(host: BenchHost, seconds: number): Promise<number> {
  await host.roundTrip('the last')
  await sleep(Math.min(1_500, 150 * seconds))
  const all = [process.pid, ...descendants(process.pid)]
  const before = usageOfAll(all, false).cpuMs
  const began = performance.now()
  await sleep(seconds * 1_000)
  const spent = usageOfAll(all, false).cpuMs - before
  return (spent * 60_000) / (performance.now() - began)
}

async function restartsAndIdle(
  homes: readonly Aged[],
  { restarts, seconds }: { restarts: number; seconds: number },
): Promise<{ restarts: readonly number[][]; idle: readonly number[] }> {
  const times = homes.map((): number[] => [])
  const idle: number[] = []
  for (let index = 0; index < restarts; index += 1) {
    for (const [at, aged] of homes.entries()) {
      const { host, ms } = await restart(aged)
      times[at]?.push(ms)
      if (index === restarts - 1) idle.push(await idleMinute(host, seconds))
      await host.stop()
    }
  }
  return { restarts: times, idle }
}

const flat = 'flat: at most 1.3 × that of no history'

function result(
  name: string,
  { p50, p99, first }: { p50: number; p99?: number; first: number },
): BenchResult {
  const figure =
    p99 === undefined ? { value: rounded(p50) } : { p50: rounded(p50), p99: rounded(p99) }
  const ratio = p50 / first
  return {
    ...{ name, unit: 'ms', ...figure },
    ...(name.startsWith('history/0') ? {} : { goal: flat, met: ratio <= 1.3 }),
    breakdown: { 'over no history': rounded(ratio) },
  }
}

const sizes = [0, 10_000, 100_000]
const names = sizes.map((rows) => `history/${rows}`)

/** Whether anything grows with what a session has behind it. */
export const history: Benchmark = {
  names: [
    ...names,
    ...names.map((name) => `${name}/idle`),
    ...names.map((name) => `${name}/restart`),
  ],
  what: 'one message to a session with so many rows behind it, the three interleaved; CPU of host, readers and a warm runner in an idle minute; from the start of a host to the answer of a message that waits',
  limit: 180,
  run: async ({ short, report }) => {
    const homes: Aged[] = []
    try {
      for (const rows of sizes) {
        report(`${rows} rows are written`)
        homes.push(await makeAged(`history/${rows}`, short ? rows / 50 : rows, driver))
      }
      report('messages')
      const messages = await interleave(homes, short ? 10 : 500)
      report('restarts and idle time')
      const { restarts, idle } = await restartsAndIdle(
        homes,
        short ? { restarts: 1, seconds: 1 } : { restarts: 5, seconds: 10 },
      )
      const p50 = messages.map((times) => percentile(times, 50))
      const p99 = messages.map((times) => percentile(times, 99))
      const again = restarts.map((times) => percentile(times, 50))
      return [
        ...names.map((name, at) =>
          result(name, { p50: p50[at] ?? 0, p99: p99[at] ?? 0, first: p50[0] ?? 0 }),
        ),
        ...names.map((name, at) =>
          result(`${name}/idle`, { p50: idle[at] ?? 0, first: idle[0] ?? 0 }),
        ),
        ...names.map((name, at) =>
          result(`${name}/restart`, { p50: again[at] ?? 0, first: again[0] ?? 0 }),
        ),
      ]
    } finally {
      for (const { home } of homes) await rm(home.home, { recursive: true, force: true })
    }
  },
}
