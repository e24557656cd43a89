import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createProcessDriver, type SessionDriver } from '@nanoclaw/host'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { makeAged } from '../lib/aged.ts'
import { startBenchHost, type BenchHost } from '../lib/bench-host.ts'
import { countCommits } from '../lib/commit-count.ts'
import { rounded, type Benchmark, type BenchResult } from '../lib/result.ts'
import { openStatementLog, type StatementCounts } from '../lib/statement-log.ts'
import { readDiskCounts } from '../lib/sync-count.ts'

const sessionFiles = ['inbound.db', 'outbound.db', 'central.db']

/** The driver without isolation hands on what the counting needs; a sandbox would not. */
function countedDriver(runFolder: string): SessionDriver {
  const driver = createProcessDriver({ runFolder })
  const {
    LD_PRELOAD = '',
    BENCH_SYNCS = '',
    BENCH_STATEMENTS = '',
    NODE_OPTIONS = '',
  } = process.env
  const env = { LD_PRELOAD, BENCH_SYNCS, BENCH_STATEMENTS, NODE_OPTIONS }
  return {
    ...driver,
    start: (spec, signal) => driver.start({ ...spec, env: { ...spec.env, ...env } }, signal),
  }
}

function variable(name: 'BENCH_SYNCS' | 'BENCH_STATEMENTS'): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`expected ${name} to be set`)
  return value
}

type Counts = Record<string, number>

function per(count: number, what: string, counts: Readonly<Record<string, number>>): Counts {
  const named = Object.entries(counts).filter(([, value]) => value > 0)
  const total = named.reduce((sum, [, value]) => sum + value, 0)
  return Object.fromEntries([
    [what, rounded(total / count)],
    ...named.map(([file, value]) => [`${what}: ${file}`, rounded(value / count)] as const),
  ])
}

function ofSession(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(sessionFiles.map((file) => [file, counts[file] ?? 0]))
}

/** Tables that grow with every message, and walks through them that no index ends. */
const growing = /^SCAN (messages_in|delivered|events|messages_out|processing_ack|turns)\b(.*)/

function isWalk(database: OpenDatabase, sql: string): boolean {
  const plan = database.sqlite
    .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => growing.exec(detail))
  return plan.some((found) => {
    if (found === null) return false
    const [, , how = ''] = found
    const index = /INDEX (\w+)/.exec(how)?.[1]
    // In the order of an index, until enough has been found.
    if (index !== undefined && /\bLIMIT\b/i.test(sql)) return false
    // An index of a few rows alone, such as those that wait.
    return index === undefined || !isPartial(database, index)
  })
}

function isPartial({ sqlite }: OpenDatabase, index: string): boolean {
  const sql = sqlite
    .prepare<[string], string | null>('SELECT sql FROM sqlite_schema WHERE name = ?')
    .pluck()
    .get(index)
  return sql?.includes(' WHERE ') ?? false
}

/** Statements that walk a table which grows, as SQLite plans them. */
function walks(host: BenchHost, texts: StatementCounts['texts']): readonly string[] {
  const files = host.files()
  const inbound = openDatabase({ path: files.inboundDb, kind: 'inbound', access: 'read-only' })
  const outbound = openDatabase({ path: files.outboundDb, kind: 'outbound', access: 'read-only' })
  try {
    const of = (database: OpenDatabase, file: string): readonly string[] =>
      (texts[file] ?? []).filter((sql) => isWalk(database, sql))
    return [...of(inbound, 'inbound.db'), ...of(outbound, 'outbound.db')]
  } finally {
    inbound.close()
    outbound.close()
  }
}

async function measure(host: BenchHost, name: string, short: boolean): Promise<BenchResult> {
  const [messages, seconds] = short ? [20, 2] : [200, 10]
  const log = openStatementLog(variable('BENCH_STATEMENTS'))
  const files = host.files()
  for (let index = 0; index < 5; index += 1) await host.roundTrip(`warm ${index}`)
  await sleep(200)
  const commits = [files.inboundDb, files.outboundDb, host.core.layout.centralDb].map(countCommits)
  const before = commits.map((counter) => counter.read())
  const disk = readDiskCounts(variable('BENCH_SYNCS'))
  log.mark()
  for (let index = 0; index < messages; index += 1) await host.roundTrip(`hello ${index}`)
  await sleep(100)
  const told = log.since()
  const made = commits.reduce((sum, counter, at) => sum + counter.read() - (before[at] ?? 0), 0)
  const after = readDiskCounts(variable('BENCH_SYNCS'))
  const synced = Object.entries(after.syncs).map(
    ([file, count]) => [file, count - (disk.syncs[file] ?? 0)] as const,
  )
  log.mark()
  await sleep(seconds * 1_000)
  const idle = log.since()
  const walked = [...walks(host, told.texts), ...walks(host, idle.texts)]
  return {
    ...{ name, unit: 'commits', value: rounded(made / messages) },
    ...{ goal: '≤ 5', met: made / messages <= 5.05 },
    counts: {
      ...per(messages, 'opens per message', ofSession(told.opens)),
      ...per(messages, 'syncs per message', Object.fromEntries(synced)),
      ...per(messages, 'statements per message', ofSession(told.statements)),
      ...per(messages, 'rows per message', ofSession(told.rows)),
      ...per(seconds, 'statements per idle second', ofSession(idle.statements)),
      ...per(seconds, 'rows per idle second', ofSession(idle.rows)),
      'walks through a table that grows': walked.length,
    },
    ...(walked.length === 0 ? {} : { note: walked.join('\n') }),
  }
}

const rows = [0, 2_000]

/** What a message, and an idle second, ask of the databases: counts, which are the same on any machine. */
export const structure: Benchmark = {
  names: rows.map((count) => `structure/${count}`),
  what: 'commits, syncs, opens, statements and rows per message and per idle second, counted from outside, in a session with so many rows',
  limit: 120,
  counted: true,
  run: async ({ short, report }) => {
    const results: BenchResult[] = []
    for (const count of rows) {
      report(`${count} rows`)
      const driver = ({ runFolder }: { readonly runFolder: string }): SessionDriver =>
        countedDriver(runFolder)
      const { home } = await makeAged(`structure/${count}`, count, driver)
      try {
        const host = await startBenchHost({ driver, there: home })
        try {
          results.push(await measure(host, `structure/${count}`, short))
        } finally {
          await host.stop()
        }
      } finally {
        await rm(home.home, { recursive: true, force: true })
      }
    }
    return results
  },
}
