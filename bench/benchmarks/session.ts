import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeSync,
} from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCore } from '@nanoclaw/core'
import { createBwrapDriver } from '@nanoclaw/host'
import { openDatabase, templateBytes } from '@nanoclaw/schema/database'
import { startBenchHost } from '../lib/bench-host.ts'
import { descendants, megabytes, usageOfAll, type Usage } from '../lib/processes.ts'
import { percentile, rounded, type Benchmark, type BenchResult } from '../lib/result.ts'

function syncPath(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w')
  writeSync(file, bytes)
  fsyncSync(file)
  closeSync(file)
}

/** A session made bare: its row, its folders, its two files and their names, all of them synced. */
function bareCreate(folder: string): (index: number) => void {
  const path = join(folder, 'bare.db')
  const central = openDatabase({ path, kind: 'outbound', create: true })
  const insert = central.sqlite.prepare<[string, string, string]>(
    'INSERT INTO session_state (key, value, updated_at) VALUES (?, ?, ?)',
  )
  const [inbound, outbound] = [templateBytes('inbound', 'wal'), templateBytes('outbound', 'wal')]
  return (index) => {
    central.transact('immediate', () => insert.run(`key ${index}`, 'a session', 'now'))
    const root = join(folder, `bare-${index}`)
    for (const name of ['', 'inbound', 'outbound', 'private']) mkdirSync(join(root, name))
    writeDurably(join(root, 'inbound/inbound.db'), inbound)
    writeDurably(join(root, 'outbound/outbound.db'), outbound)
    for (const name of ['inbound', 'outbound', '', '..']) syncPath(join(root, name))
  }
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

/** What a session costs when it is made, and when it is there. */
export const sessionCreate: Benchmark = {
  names: ['session/create', 'session/bytes'],
  what: 'a new session, durable when it is there; floor: its row, folders and files made bare and synced; and the bytes of its files',
  limit: 60,
  run: async ({ short, report }) => {
    const home = await mkdtemp(join(tmpdir(), 'nanoclaw-bench-'))
    const core = await createCore({ home })
    try {
      const count = short ? 20 : 300
      const agent = await core.agents.create({ name: 'Ada' })
      const place = { channelType: 'bench', channelInstance: '' }
      const chats = []
      for (let index = 0; index < count; index += 1) {
        const name = `chat-${index}`
        chats.push(await core.chats.create({ ...place, platformId: name, name }))
      }
      report(`${count} sessions`)
      const bare = bareCreate(home)
      const [times, floor]: [number[], number[]] = [[], []]
      let bytes = 0
      for (const [index, chat] of chats.entries()) {
        const began = performance.now()
        const { session } = await core.resolveSession({
          agentGroupId: agent.id,
          messagingGroupId: chat.id,
          sessionMode: 'shared',
          threadId: null,
        })
        const made = performance.now()
        bare(index)
        floor.push(performance.now() - made)
        times.push(made - began)
        bytes = bytesBelow(core.layout.session(agent.id, session.id).root)
      }
      const p50 = percentile(times, 50)
      return [
        {
          ...{ name: 'session/create', unit: 'ms' },
          ...{ p50: rounded(p50), p99: rounded(percentile(times, 99)) },
          floor: rounded(percentile(floor, 50)),
          floorP99: rounded(percentile(floor, 99)),
          ratio: rounded(p50 / percentile(floor, 50)),
          ...{ goal: 'p50 ≤ 2 ms', met: p50 <= 2 },
        },
        {
          ...{ name: 'session/bytes', unit: 'bytes', value: bytes },
          ...{ goal: '≤ 40,000 bytes', met: bytes <= 40_000 },
        },
      ]
    } finally {
      await core.close()
      await rm(home, { recursive: true, force: true })
    }
  },
}

async function isRunner(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const [program = '', ...args] = command.split('\0')
  return program.endsWith('/node') && args.some((arg) => arg.endsWith('/runner.js'))
}

function memoryResult(
  { before, after, one }: { before: Usage; after: Usage; one: Usage },
  more: number,
): BenchResult {
  return {
    name: 'session/rss',
    unit: 'MB',
    value: megabytes((after.pss - before.pss) / more),
    goal: 'as low as it can be',
    breakdown: {
      'its runner, resident': megabytes(one.rss),
      'its runner, shared with nobody': megabytes(one.own),
    },
    counts: { 'threads of its runner': one.threads, 'descriptors of its runner': one.descriptors },
    note: 'what the whole system takes more with one more live session, pages that processes share counted once',
  }
}

/** What one more conversation costs that has a container. */
export const sessionMemory: Benchmark = {
  names: ['session/rss'],
  what: 'memory of one more live session: host, readers and containers together, with 12 sessions less that with 4, by eight',
  limit: 60,
  run: async ({ short, report }) => {
    const [few, many] = short ? [1, 3] : [4, 12]
    const host = await startBenchHost({
      driver: createBwrapDriver,
      chats: many,
      containers: many,
    })
    try {
      const usage = async (): Promise<Usage> => {
        await sleep(short ? 500 : 3_000)
        return usageOfAll([process.pid, ...descendants(process.pid)])
      }
      report(`${few} of ${many} sessions`)
      for (let chat = 0; chat < few; chat += 1) await host.roundTrip('hello', chat)
      const before = await usage()
      for (let chat = few; chat < many; chat += 1) await host.roundTrip('hello', chat)
      const after = await usage()
      const pids = descendants(process.pid)
      const flags = await Promise.all(pids.map(isRunner))
      const runner = pids.filter((_, index) => flags[index]).slice(-1)
      if (runner.length === 0) throw new Error('expected a runner among the processes')
      return [memoryResult({ before, after, one: usageOfAll(runner) }, many - few)]
    } finally {
      await host.stop()
    }
  },
}
