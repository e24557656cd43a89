import { readInboundContent, timestamp, type Clock } from '@nanoclaw/schema'
import type { TurnRow } from '../provider.ts'
import type { Inbox, InboxRow, PendingRow } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import { placeOf, type AddressBook } from './places.ts'

/** A word to the runner itself. */
export interface CommandRow {
  readonly id: string
  readonly seq: number
  readonly command: 'stop' | 'clear' | 'compact'
}

/** What is due and has not ended, commands apart. */
export interface OpenRows {
  readonly commands: readonly CommandRow[]
  readonly rows: readonly PendingRow[]
}

function commandOf(inbox: Inbox, row: PendingRow): CommandRow | undefined {
  if (row.kind !== 'system') return undefined
  const full = inbox.row(row.id)
  const entry = full === undefined ? undefined : parseEntry(full)
  if (entry?.kind !== 'system' || entry.content.type !== 'command') return undefined
  return { id: row.id, seq: row.seq, command: entry.content.command }
}

/** Reads what is due now, without the rows that have ended here though the host has not seen it. */
export function readOpenRows(inbox: Inbox, outbox: Outbox, clock: Clock): OpenRows {
  const commands: CommandRow[] = []
  const rows: PendingRow[] = []
  for (const row of inbox.due(() => timestamp(clock))) {
    const status = outbox.ack(row.id)?.status
    if (status === 'completed' || status === 'failed') continue
    const command = commandOf(inbox, row)
    if (command === undefined) rows.push(row)
    else commands.push(command)
  }
  return { commands, rows }
}

function parseEntry(row: InboxRow): TurnRow['entry'] {
  return (
    readInboundContent(row.kind, row.content) ?? {
      kind: 'unreadable',
      content: { raw: row.content },
    }
  )
}

/** The rows as prompt and provider want them. `fallback` names the place of rows without one. */
export function readTurnRows(
  inbox: Inbox,
  rows: readonly PendingRow[],
  book: AddressBook,
  fallback: () => string | undefined,
): TurnRow[] {
  return rows.flatMap(({ id }) => {
    const row = inbox.row(id)
    if (row === undefined) return []
    const from = book.nameOf(placeOf(row)) ?? fallback()
    return [{ id, seq: row.seq, timestamp: row.timestamp, from, entry: parseEntry(row) }]
  })
}
