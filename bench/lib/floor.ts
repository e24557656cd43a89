import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SyncMode } from '@nanoclaw/schema'
import { openDatabase, templateBytes, type OpenDatabase } from '@nanoclaw/schema/database'
import { insertOf, nthRows, type Row, type Sample } from './sample.ts'

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

/** One bare commit: prepared statements, nothing but the rows. */
function bareCommit(database: OpenDatabase, sync: SyncMode, statements: readonly string[]) {
  const prepared = statements.map((sql) => database.sqlite.prepare<[Row]>(sql))
  const run = database.sqlite.transaction((rows: readonly Row[]) => {
    for (const [index, statement] of prepared.entries()) {
      const row = rows[index]
      if (row !== undefined) statement.run(row)
    }
  })
  return (rows: readonly Row[]): void => {
    database.setSync(sync)
    run.immediate(rows)
  }
}

const isOf = (type: string, ...statuses: readonly string[]) => {
  return (row: Row): boolean => row.type === type && statuses.includes(String(row.status))
}

/** Events by the commit that they are part of. */
function eventsOf(events: readonly Row[]) {
  return {
    row: events.filter(isOf('accepted', 'accepted')),
    sending: [
      ...events.filter(isOf('delivery', 'sending')),
      ...events.filter(isOf('turn', 'completed')),
    ],
    done: events.filter(isOf('delivery', 'delivered')),
  }
}

/**
 * The five commits of one round trip: the rows that the real system wrote, every column and index of
 * them, the sync modes of the real ones, and nothing else. Which rows a commit has was read off the
 * statements of the real ones.
 */
function bareRoundTrip(files: BareFiles, sample: Sample): (index: number) => void {
  const { inbound, outbound } = files
  const kinds = eventsOf(sample.events)
  const event = insertOf('events', { id: 0, ...sample.events[0] })
  const times = (rows: readonly Row[]): string[] => rows.map(() => event)
  const row = bareCommit(inbound, 'full', [
    insertOf('messages_in', sample.messageIn),
    ...times(kinds.row),
  ])
  const claim = bareCommit(outbound, 'normal', [
    insertOf('turns', sample.turn),
    insertOf('processing_ack', sample.ack),
  ])
  const result = bareCommit(outbound, 'full', [
    insertOf('messages_out', sample.messageOut),
    `UPDATE processing_ack SET status = 'completed', status_changed = @status_changed
     WHERE message_id = @message_id`,
    ...sample.states.map((state) => insertOf('session_state', state, 'INSERT OR REPLACE')),
    `UPDATE turns SET status = 'completed', ended_at = @ended_at WHERE turn_id = @turn_id`,
  ])
  const sending = bareCommit(inbound, 'full', [
    insertOf('delivered', sample.delivered),
    `INSERT INTO host_state (key, value) VALUES ('outbound_cursor', @value)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    `UPDATE messages_in SET status = 'completed' WHERE id = @id`,
    ...times(kinds.sending),
  ])
  const done = bareCommit(inbound, 'normal', [
    `UPDATE delivered SET status = 'delivered', delivered_at = @delivered_at,
     platform_message_id = @platform_message_id WHERE message_out_id = @message_out_id`,
    ...times(kinds.done),
  ])
  const perMessage = sample.events.length
  return (index) => {
    const seq = 4 * index + 2
    const rows = nthRows(sample, index, seq, 1 + index * perMessage)
    const { messageIn, delivered, turn, ack } = rows
    const told = eventsOf(rows.events)
    row([{ ...messageIn, status: 'pending' }, ...told.row])
    claim([
      { ...turn, status: 'running', ended_at: null },
      { ...ack, status: 'processing' },
    ])
    result([rows.messageOut, ack, ...rows.states, turn])
    const unsent = { platform_message_id: null, delivered_at: null }
    sending([
      { ...delivered, ...unsent, status: 'sending' },
      { value: String(seq + 1) },
      { id: messageIn.id },
      ...told.sending,
    ])
    done([delivered, ...told.done])
  }
}

/** Milliseconds of each of `count` bare round trips, on files in a folder of their own. */
export async function measureFloor(
  parent: string,
  sample: Sample,
  count: number,
): Promise<readonly number[]> {
  const folder = join(parent, `floor-${process.hrtime.bigint()}`)
  await mkdir(folder, { recursive: true })
  const files = await openBare(folder)
  try {
    const roundTrip = bareRoundTrip(files, sample)
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
