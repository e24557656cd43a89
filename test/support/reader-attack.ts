import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createReaderProcess, type ReaderProcess } from '@nanoclaw/host'
import { createLayout, type HomeLayout } from '@nanoclaw/schema'
import { openDatabase, templateBytes } from '@nanoclaw/schema/database'

/**
 * Reads that overrun their deadline, that are ended by SIGBUS, that may hang in a FIFO, and a schema
 * whose view would spin.
 */
const continualAttacks = ['locked-shm', 'shm-truncated', 'swap-fifo', 'endless-view'] as const

/** What to play. */
export interface ReaderAttackOptions {
  /** Where the home is made. */
  readonly parent: string
  /** How long each attack goes on, in milliseconds. */
  readonly attackMs: number
  /** Sessions that exchange messages meanwhile. Default 20. */
  readonly others?: number
}

/** What came of it. */
export interface ReaderAttackResult {
  /** Of the others: from the beginning of a commit until its row has been read, in milliseconds. */
  readonly exchanges: readonly number[]
  /** The same with nobody attacking. */
  readonly calm: readonly number[]
  /** How the attacker's reads ended, by attack: outcomes with their number. */
  readonly attacks: Readonly<Record<string, Readonly<Record<string, number>>>>
}

const agentGroupId = 'ag-00000001'
/** As a drainer does after a read that came to nothing. */
const attackerPauseMs = 20
/** Between two exchanges of one session: a conversation, not a flood. */
const otherPauseMs = 20

const sessionId = (number: number): string => `sess-${String(number).padStart(8, '0')}`

async function makeSession(layout: HomeLayout, id: string) {
  const files = layout.session(agentGroupId, id)
  await mkdir(files.outbound, { recursive: true })
  await chmod(files.outbound, 0o777)
  await writeFile(files.outboundDb, templateBytes('outbound', 'wal'))
  const database = openDatabase({ path: files.outboundDb, kind: 'outbound' })
  const insert = database.sqlite.prepare<[string, number]>(
    `INSERT INTO messages_out (id, seq, timestamp, kind, content)
     VALUES (?, ?, '2026-11-22T14:05:00.000Z', 'chat', '{"text":"hello"}')`,
  )
  const write = (seq: number) => insert.run(`out-${String(seq).padStart(8, '0')}`, seq)
  return { files, write, close: () => database.close() }
}

type Member = Awaited<ReturnType<typeof makeSession>>

async function exchangeUntil(
  reader: ReaderProcess,
  id: string,
  member: Member,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const times: number[] = []
  let after = await lastSeq(reader, id)
  while (!signal.aborted) {
    const began = performance.now()
    const seq = after + 2
    member.write(seq)
    for (;;) {
      const request = {
        agentGroupId,
        sessionId: id,
        after,
        largestSeq: seq,
        limit: 200,
        ackIds: [],
      }
      const read = await reader.read(request)
      if (read.outcome === 'rows' && read.rows[0]?.seq === seq) break
      if (read.outcome !== 'busy') throw new Error(`expected a row, got ${JSON.stringify(read)}`)
    }
    times.push(performance.now() - began)
    after = seq
    await sleep(otherPauseMs)
  }
  return times
}

async function lastSeq(reader: ReaderProcess, id: string): Promise<number> {
  let after = -1
  for (;;) {
    const request = {
      agentGroupId,
      sessionId: id,
      after,
      largestSeq: after,
      limit: 200,
      ackIds: [],
    }
    const read = await reader.read(request)
    if (read.outcome !== 'rows') continue
    after = read.rows.at(-1)?.seq ?? after
    if (!read.more) return after
  }
}

async function startHostile(attack: string, folder: string) {
  const program = join(import.meta.dirname, '../../packages/host/test/reader/hostile.mjs')
  const child = spawn(process.execPath, [program, attack, folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), exited])
  return {
    async stop() {
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), 500)
      await exited
      clearTimeout(hard)
    },
  }
}

async function readUntil(reader: ReaderProcess, id: string, signal: AbortSignal) {
  const outcomes: Record<string, number> = {}
  while (!signal.aborted) {
    const request = { agentGroupId, sessionId: id, after: 0, largestSeq: 0, limit: 200, ackIds: [] }
    const { outcome } = await reader.read(request)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    await sleep(attackerPauseMs)
  }
  return outcomes
}

/** One session attacks its reader, one attack after the other, while others exchange messages. */
export async function playReaderAttack(options: ReaderAttackOptions): Promise<ReaderAttackResult> {
  const { parent, attackMs, others = 20 } = options
  const home = await mkdtemp(join(parent, 'nc-reader-attack-'))
  const layout = createLayout(home)
  const reader = createReaderProcess({ layout })
  const members: Member[] = []
  try {
    await reader.ready?.()
    for (let index = 0; index < others; index += 1) {
      members.push(await makeSession(layout, sessionId(index)))
    }
    const exchange = async (meanwhile: (signal: AbortSignal) => Promise<void>) => {
      const stopping = new AbortController()
      const times = members.map((member, index) =>
        exchangeUntil(reader, sessionId(index), member, stopping.signal),
      )
      await meanwhile(stopping.signal).finally(() => stopping.abort())
      return (await Promise.all(times)).flat()
    }
    const calm = await exchange(() => sleep(attackMs / 2))
    const exchanges: number[] = []
    const attacks: Record<string, Record<string, number>> = {}
    for (const [index, attack] of continualAttacks.entries()) {
      // Each by a session that has nothing against it yet.
      const id = sessionId(others + index)
      const { files, write, close } = await makeSession(layout, id)
      write(1)
      close()
      const times = await exchange(async () => {
        const hostile = await startHostile(attack, files.outbound)
        const until = AbortSignal.timeout(attackMs)
        attacks[attack] = await readUntil(reader, id, until)
        await hostile.stop()
      })
      exchanges.push(...times)
    }
    return { exchanges, calm, attacks }
  } finally {
    for (const member of members) member.close()
    await reader.stop()
    await rm(home, { recursive: true, force: true })
  }
}
