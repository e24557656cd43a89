import type { SessionLayout } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { insertOf, nthRows, readSample, type Row } from './sample.ts'

function inserter(database: OpenDatabase): (table: string, row: Row) => void {
  const known = new Map<string, ReturnType<typeof database.sqlite.prepare<[Row]>>>()
  return (table, row) => {
    const statement = known.get(table) ?? database.sqlite.prepare<[Row]>(insertOf(table, row))
    known.set(table, statement)
    statement.run(row)
  }
}

/**
 * Writes `rows` messages of the past into both files of a session, half of them from people and half
 * answers, with all that is told and kept of each: copies of one that was really answered there, which
 * therefore has to be the only one. To be called while nobody has the session open.
 */
export function fillHistory(files: SessionLayout, rows: number): void {
  const sample = readSample(files)
  const inbound = openDatabase({ path: files.inboundDb, kind: 'inbound' })
  const outbound = openDatabase({ path: files.outboundDb, kind: 'outbound' })
  try {
    const [intoInbound, intoOutbound] = [inserter(inbound), inserter(outbound)]
    const base = Number(sample.messageIn.seq)
    const firstEvent = Math.max(...sample.events.map(({ id }) => Number(id)))
    const perMessage = sample.events.length
    let seq = base
    const fill = (): void => {
      for (let index = 1; index <= rows / 2; index += 1) {
        seq = base + 2 * index
        const row = nthRows(sample, index, seq, firstEvent + index * perMessage)
        intoInbound('messages_in', row.messageIn)
        intoInbound('delivered', row.delivered)
        for (const event of row.events) intoInbound('events', event)
        intoOutbound('messages_out', row.messageOut)
        intoOutbound('processing_ack', row.ack)
        intoOutbound('turns', row.turn)
      }
      inbound.sqlite
        .prepare(`UPDATE host_state SET value = ? WHERE key = 'outbound_cursor'`)
        .run(String(seq + 1))
    }
    inbound.transact('immediate', () => outbound.transact('immediate', fill))
    for (const { sqlite } of [inbound, outbound]) sqlite.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    inbound.close()
    outbound.close()
  }
}
