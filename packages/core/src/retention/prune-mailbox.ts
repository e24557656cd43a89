import { hostStateKeys } from '@nanoclaw/schema/plain'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'
import { rerunKey } from '../mailbox/rerun-key.ts'
import { deliveryEnds } from '../mailbox/statuses.ts'
import type { ArchivePosition, Prunable, PrunedRow, PruneRequest, Removed } from './types.ts'

/** More text is not held at once: a content may be a megabyte. */
const mostCharacters = 4 * 1024 * 1024

type EventColumns = ReturnType<ReturnType<MailboxStatements['oldestEvents']>['all']>[number]

/** The numbers of the rows that ended with a turn. */
function seqsOf({ detail }: EventColumns): readonly number[] {
  const found: unknown = detail === null ? undefined : JSON.parse(detail)
  const seqs: unknown = typeof found === 'object' && found ? Reflect.get(found, 'seqs') : undefined
  return Array.isArray(seqs) ? seqs.filter((seq): seq is number => typeof seq === 'number') : []
}

/** What goes, each once. */
class Found {
  readonly #rows = new Map<string, PrunedRow>()
  readonly inboundIds = new Set<string>()
  readonly deliveryIds = new Set<string>()
  characters = 0

  get rows(): readonly PrunedRow[] {
    return [...this.#rows.values()]
  }

  add(key: string | number, table: PrunedRow['table'], row: PrunedRow['row']): void {
    this.#rows.set(`${table} ${key}`, { table, row })
    if (typeof row.content === 'string') this.characters += row.content.length
  }
}

/** Adds what ended with an event, as it is now; nothing where it has not, or is gone. */
function addEnded(
  statements: MailboxStatements,
  event: EventColumns,
  before: string,
  found: Found,
): void {
  if (event.type === 'delivery' && deliveryEnds.some((status) => status === event.status)) {
    const row = statements.endedDelivery().get({ seq: event.messageSeq, before })
    if (row === undefined) return
    const id = row.messageOutId
    found.deliveryIds.add(id)
    found.add(id, 'delivered', row)
    for (const part of statements.parts().all({ id })) {
      found.add(`${id} ${part.part}`, 'delivered_parts', part)
    }
  }
  if (event.type !== 'turn') return
  for (const seq of seqsOf(event)) {
    const row = statements.endedInbound().get({ seq })
    if (row === undefined || isRunAgain(statements, row.id)) continue
    for (const ended of withOriginals(statements, row)) {
      found.inboundIds.add(ended.id)
      found.add(ended.id, 'messages_in', ended)
    }
  }
}

/** Whether a copy of a row, or a copy of that one, waits for an answer: its files are theirs. */
function isRunAgain(statements: MailboxStatements, id: string): boolean {
  for (let at = id; ;) {
    const copy = statements.byDedupeKey().get({ dedupeKey: rerunKey(at) })
    if (copy === undefined) return false
    const status = statements.inbound().get({ id: copy.id })?.status
    if (status === 'pending' || status === 'paused') return true
    at = copy.id
  }
}

type InboundColumns = NonNullable<ReturnType<ReturnType<MailboxStatements['inbound']>['get']>>

/** A row, what it is a copy of, and so on: those have stayed for its sake. */
function withOriginals(
  statements: MailboxStatements,
  row: InboundColumns,
): readonly InboundColumns[] {
  const rows: InboundColumns[] = []
  for (let at: InboundColumns | undefined = row; at !== undefined;) {
    rows.push(at)
    const id = originalOf(at)
    at = id === undefined ? undefined : statements.inbound().get({ id })
  }
  return rows
}

/** Whose copy a row is. */
function originalOf({ dedupeKey }: InboundColumns): string | undefined {
  if (dedupeKey === null) return undefined
  const [, original] = /^\["rerun","([^"]+)"\]$/.exec(dedupeKey) ?? []
  return original
}

function readArchived(statements: MailboxStatements): ArchivePosition | null {
  const value = statements.state().get({ key: hostStateKeys.archived })?.value
  if (value === undefined) return null
  const { file, bytes }: Partial<ArchivePosition> = JSON.parse(value)
  return typeof file === 'string' && typeof bytes === 'number' ? { file, bytes } : null
}

/**
 * What ended before a moment, by the events that tell of it, from the oldest on: at most `limit` of
 * them. The first one that is too young ends the walk, and so does a clock that was ahead: what
 * stands behind it is kept for longer, never for less long.
 */
export function readPrunable(
  statements: MailboxStatements,
  before: string,
  limit: number,
): Prunable {
  const found = new Found()
  let throughEvent = 0
  let oldestAt: string | null = null
  let isMore = false
  const oldest = statements.oldestEvents().all({ limit: limit + 1 })
  for (const [index, event] of oldest.entries()) {
    const isFull = index === limit || found.characters >= mostCharacters
    if (isFull || event.at >= before) {
      oldestAt = event.at
      isMore = event.at < before
      break
    }
    throughEvent = event.id
    found.add(event.id, 'events', event)
    addEnded(statements, event, before, found)
  }
  return {
    rows: found.rows,
    inboundIds: [...found.inboundIds],
    deliveryIds: [...found.deliveryIds],
    throughEvent,
    oldestAt,
    isMore,
    archived: readArchived(statements),
  }
}

/**
 * Removes what has been archived, inside the caller's transaction: each row only if it has still
 * ended. A row that the person who looks after it has had sent again meanwhile stays.
 */
export function pruneRows(statements: MailboxStatements, request: PruneRequest): Removed {
  const { before, throughEvent, archived } = request
  if (archived === undefined) noteSpeakers(statements, request)
  const inbound = request.inboundIds.flatMap((id) => statements.pruneInbound().all({ id }))
  const deliveries = request.deliveryIds.flatMap((id) => {
    const gone = statements.pruneDelivery().all({ id, before })
    if (gone.length > 0) statements.pruneParts().run({ id })
    return gone
  })
  const events = statements.pruneEvents().run({ id: throughEvent }).changes
  raisePruneThrough(
    statements,
    [...inbound, ...deliveries].map(({ seq }) => seq),
  )
  if (archived !== undefined) {
    const value = JSON.stringify(archived)
    statements.setState().run({ key: hostStateKeys.archived, value })
  }
  return { inbound: inbound.length, deliveries: deliveries.length, events }
}

/** Keeps who has spoken where, of what goes without a trace: to forget somebody is to find them. */
function noteSpeakers(statements: MailboxStatements, request: PruneRequest): void {
  const keys = new Set<string>()
  for (const id of request.inboundIds) {
    const row = statements.inbound().get({ id })
    const handle = row === undefined ? undefined : senderOf(row)
    if (row !== undefined && handle !== undefined) keys.add(spokeKey(row, handle))
  }
  for (const id of request.deliveryIds) {
    const row = statements.delivery().get({ id })
    if (row !== undefined) keys.add(spokeKey(row, ''))
  }
  for (const key of keys) statements.setState().run({ key, value: '1' })
}

function spokeKey(
  row: Pick<PrunedRow['row'], 'channelType' | 'channelInstance' | 'platformId'>,
  handle: string,
): string {
  const { channelType = null, channelInstance = null, platformId = null } = row
  return `${hostStateKeys.spoke}:${JSON.stringify([channelType, channelInstance, platformId, handle])}`
}

function senderOf(row: PrunedRow['row']): string | undefined {
  if (row.kind !== 'chat' && row.kind !== 'chat-sdk') return undefined
  const found: unknown = JSON.parse(String(row.content))
  const sender: unknown = typeof found === 'object' && found ? Reflect.get(found, 'senderId') : ''
  return typeof sender === 'string' ? sender : ''
}

/** The largest number that has been pruned; 0: none. */
function readPruneThrough(statements: Pick<MailboxStatements, 'state'>): number {
  return Number(statements.state().get({ key: hostStateKeys.pruneThroughSeq })?.value ?? 0)
}

/** Says that rows up to these may be gone, inside the caller's transaction. */
function raisePruneThrough(statements: MailboxStatements, seqs: readonly number[]): void {
  const known = readPruneThrough(statements)
  const largest = seqs.reduce((most, seq) => Math.max(most, seq), known)
  if (largest === known) return
  const value = String(largest)
  statements.setState().run({ key: hostStateKeys.pruneThroughSeq, value })
}
