import { isId, isTimestamp, seqWindow } from '@nanoclaw/schema/untrusted'
import type { OutboundRow } from '../mailbox/mailbox.ts'
import { outboundLimits, type ReadRequest } from '../mailbox/outbound-reader.ts'
import type { Statements } from './kept-files.ts'
import { Violation } from './violation.ts'

interface Column {
  readonly name: string
  readonly cap: number
  readonly nullable?: true
}

/** Longest id, by its pattern: a prefix of 5, a hyphen, 40. */
const longestId = 46
const { field } = outboundLimits

/** In the order of {@link FoundColumns}. */
const columns: readonly Column[] = [
  { name: 'id', cap: longestId },
  { name: 'kind', cap: field },
  { name: 'in_reply_to', cap: longestId, nullable: true },
  { name: 'timestamp', cap: 24 },
  { name: 'deliver_after', cap: 24, nullable: true },
  { name: 'channel_type', cap: field, nullable: true },
  { name: 'channel_instance', cap: field },
  { name: 'platform_id', cap: field, nullable: true },
  { name: 'thread_id', cap: field, nullable: true },
  { name: 'content', cap: outboundLimits.content },
]

function problemOf({ name, cap, nullable }: Column): string {
  const none = nullable === true ? `WHEN ${name} IS NULL THEN NULL ` : ''
  return `CASE ${none}WHEN typeof(${name}) <> 'text' THEN '${name} is no text'
    WHEN octet_length(${name}) > ${cap}
    THEN '${name} is ' || octet_length(${name}) || ' bytes long, at most ${cap} are taken' END`
}

/**
 * Types and lengths are judged in SQL, from the record's header: nothing that is too long is ever
 * loaded. Values come only from rows without a problem.
 */
const rowsSql = `SELECT typeof(seq), seq,
  coalesce(${columns.map(problemOf).join(',\n')}, NULL),
  ${columns.map(({ name }) => `coalesce(octet_length(${name}), 0)`).join(' + ')},
  ${columns
    .map(({ name, cap }) => `CASE WHEN octet_length(${name}) <= ${cap} THEN ${name} END`)
    .join(',\n')}
  FROM messages_out WHERE seq > ? ORDER BY seq LIMIT ?`

type Text = string | null

/** What a file yields: of the types that the SQL vouches for once the problem is null. */
type FoundColumns = readonly [
  seqType: string,
  seq: number,
  problem: Text,
  bytes: number,
  id: string,
  kind: string,
  inReplyTo: Text,
  timestamp: string,
  deliverAfter: Text,
  channelType: Text,
  channelInstance: string,
  platformId: Text,
  threadId: Text,
  content: string,
]

interface FoundRow {
  readonly seqType: string
  readonly problem: Text
  readonly bytes: number
  readonly row: OutboundRow
}

function toFound(found: FoundColumns): FoundRow {
  const [seqType, seq, problem, bytes, id, kind, inReplyTo, timestamp, deliverAfter, ...rest] =
    found
  const [channelType, channelInstance, platformId, threadId, content] = rest
  const message = { id, seq, kind, inReplyTo, timestamp, deliverAfter, content }
  const row = { ...message, channelType, channelInstance, platformId, threadId }
  return { seqType, problem, bytes, row }
}

function formProblem(row: OutboundRow): string | undefined {
  if (!isId(row.id)) return `id ${row.id} is not of an id's form`
  if (row.inReplyTo !== null && !isId(row.inReplyTo)) {
    return `in_reply_to ${row.inReplyTo} is not of an id's form`
  }
  if (!isTimestamp(row.timestamp)) return `timestamp ${row.timestamp} is none`
  if (row.deliverAfter !== null && !isTimestamp(row.deliverAfter)) {
    return `deliver_after ${row.deliverAfter} is no timestamp`
  }
  return undefined
}

function seqProblem(found: FoundRow, previous: number, largestSeq: number): string | undefined {
  const { seq } = found.row
  if (found.seqType !== 'integer') return `seq is ${found.seqType}, expected an integer`
  if (seq <= previous) return `seq does not ascend from ${previous}`
  if (seq > largestSeq + seqWindow) {
    return `seq is more than ${seqWindow} above the largest known, ${largestSeq}`
  }
  return seq % 2 === 1 ? undefined : 'seq is even, the runner writes odd ones'
}

/**
 * The rows after the cursor, as many as the caps allow. One row out of bounds condemns the read: a
 * runner of ours does not write such. Throws {@link Violation}.
 */
export function readRows(
  sqlite: Statements,
  request: ReadRequest,
): { readonly rows: readonly OutboundRow[]; readonly more: boolean } {
  const limit = Math.max(0, Math.min(request.limit, outboundLimits.rows))
  const largestSeq = Math.max(request.largestSeq, request.after)
  // Rows as arrays: better-sqlite3 compiles a function for each statement that yields objects.
  const statement = sqlite.prepare<[number, number], FoundColumns>(rowsSql).raw()
  const rows: OutboundRow[] = []
  const ids = new Set<string>()
  let bytes = 0
  let previous = request.after
  for (const columns of statement.iterate(request.after, limit + 1)) {
    if (rows.length === limit) return { rows, more: true }
    const found = toFound(columns)
    const { row } = found
    const problem =
      seqProblem(found, previous, largestSeq) ??
      found.problem ??
      formProblem(row) ??
      (ids.has(row.id) ? `id ${row.id} comes twice` : undefined)
    if (problem !== undefined) throw new Violation(`messages_out, seq ${row.seq}: ${problem}`)
    bytes += found.bytes
    if (bytes > outboundLimits.readBytes && rows.length > 0) return { rows, more: true }
    previous = row.seq
    ids.add(row.id)
    rows.push(row)
  }
  return { rows, more: false }
}
