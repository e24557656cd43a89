import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SyncMode } from '@nanoclaw/schema'
import { openDatabase, templateBytes, type OpenDatabase } from '@nanoclaw/schema/database'

const now = '2026-01-31T12:00:00.000Z'

interface BareFiles {
  readonly inbound: OpenDatabase
  readonly outbound: OpenDatabase
}

async function openBare(folder: string): Promise<BareFiles> {
  const open = async (kind: 'inbound' | 'outbound'): Promise<OpenDatabase> => {
    const path = join(folder, `${kind}.db`)
    await writeFile(path, templateBytes(kind, 'wal'))
    return openDatabase({ path, kind })
  }
  return { inbound: await open('inbound'), outbound: await open('outbound') }
}

type Values = readonly (string | number)[]

/** One bare commit: prepared statements, nothing but the rows. */
function bareCommit(database: OpenDatabase, sync: SyncMode, statements: readonly string[]) {
  const prepared = statements.map((sql) => database.sqlite.prepare<unknown[]>(sql))
  const run = database.sqlite.transaction((values: readonly Values[]) => {
    for (const [index, statement] of prepared.entries()) statement.run(...(values[index] ?? []))
  })
  return (values: readonly Values[]): void => {
    database.setSync(sync)
    run.immediate(values)
  }
}

/** The five commits of one round trip, with the sync modes of the real ones and nothing else. */
function bareRoundTrip({ inbound, outbound }: BareFiles): (index: number) => void {
  const row = bareCommit(inbound, 'full', [
    `INSERT INTO messages_in (id, seq, kind, timestamp, content) VALUES (?, ?, 'chat', ?, ?)`,
  ])
  const claim = bareCommit(outbound, 'normal', [
    `INSERT INTO turns (turn_id, epoch, message_ids, claims, claimed_at, status)
     VALUES (?, 1, ?, 1, ?, 'running')`,
    `INSERT INTO processing_ack (message_id, status, status_changed) VALUES (?, 'processing', ?)`,
  ])
  const result = bareCommit(outbound, 'full', [
    `INSERT INTO messages_out (id, seq, kind, timestamp, content) VALUES (?, ?, 'chat', ?, ?)`,
    `UPDATE processing_ack SET status = 'completed' WHERE message_id = ?`,
    `UPDATE turns SET status = 'completed' WHERE turn_id = ?`,
  ])
  const sending = bareCommit(inbound, 'full', [
    `INSERT INTO delivered (message_out_id, seq, kind, content, status)
     VALUES (?, ?, 'chat', ?, 'sending')`,
    `INSERT INTO host_state (key, value) VALUES ('outbound_cursor', ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    `UPDATE messages_in SET status = 'completed' WHERE id = ?`,
  ])
  const done = bareCommit(inbound, 'normal', [
    `UPDATE delivered SET status = 'delivered' WHERE message_out_id = ?`,
  ])
  const content = JSON.stringify({ text: 'hello', sender: 'Ann', senderId: 'ann' })
  return (index) => {
    const [id, out, turn] = [`in-floor-${index}`, `out-floor-${index}`, `turn-floor-${index}`]
    const seq = 4 * index + 3
    row([[id, seq - 1, now, content]])
    claim([
      [turn, JSON.stringify([id]), now],
      [id, now],
    ])
    result([[out, seq, now, content], [id], [turn]])
    sending([[out, seq, content], [String(seq)], [id]])
    done([[out]])
  }
}

/** Milliseconds of each of `count` bare round trips, on files in a folder of their own. */
export async function measureFloor(parent: string, count: number): Promise<readonly number[]> {
  const folder = join(parent, `floor-${process.hrtime.bigint()}`)
  await mkdir(folder, { recursive: true })
  const files = await openBare(folder)
  try {
    const roundTrip = bareRoundTrip(files)
    const times: number[] = []
    for (let index = 0; index < count; index += 1) {
      const began = performance.now()
      roundTrip(index)
      times.push(performance.now() - began)
    }
    return times
  } finally {
    files.inbound.close()
    files.outbound.close()
    await rm(folder, { recursive: true, force: true })
  }
}
