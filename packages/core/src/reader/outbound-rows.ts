import { isId, isTimestamp, seqWindow } from '@nanoclaw/schema/untrusted'
import type { OutboundRow } from '../ledger/types.ts'
import { outboundLimits, type ReadRequest } from '../mailbox/outbound-reader.ts'
import type { Statements } from './statements.ts'
import { Violation } from './violation.ts'

interface Column {
  readonly name: string
  readonly cap: number
  readonly nullable?: true
}

/** Longest id, by its pattern: a prefix of 5, a hyphen, 40. */
const longestId = 46
const { field } = outboundLimits

/** In the order of {@link Values}. */
const columns: readonly Column[] = [
  { name: 'id', cap: longestId },
  { name: 'kind', cap: field },
  { name: 'in_reply_to', cap: longestId, nullable: true },
  { name: 'turn_id', cap: longestId, nullable: true },
  { name: 'timestamp', cap: 24 },
  { name: 'deliver_after', cap: 24, nullable: true },
  { name: 'channel_type', cap: field, nullable: true },
  { name: 'channel_instance', cap: field },
  { name: 'platform_id', cap: field, nullable: true },
  { name: 'thread_id', cap: field, nullable: true },
  // A long one is no violation: what an agent has to say may be long.
  { name: 'content', cap: Number.POSITIVE_INFINITY },
]

/** As an expression: SQLite plans anew, each time, for a limit that is a mere parameter. */
const limitSql = 'LIMIT ? + 0'

/**
 * Types and lengths, which SQLite tells from a record's header: nothing that is too long is ever
 * loaded. Judged here and not in SQL: there the same took ten times as long, rows or none.
 */
const measureSql = `SELECT typeof(seq), seq,
  ${columns.map(({ name }) => `typeof(${name}), octet_length(${name})`).join(', ')}
  FROM messages_out WHERE seq > ? ORDER BY seq ${limitSql}`

const valuesOf = (names: readonly string[]) => `SELECT seq, ${names.join(', ')}
  FROM messages_out WHERE seq > ? ORDER BY seq ${limitSql}`

/** The values of rows that were measured, in the same read transaction. */
const valuesSql = valuesOf(columns.map(({ name }) => name))

/** Those of a row whose content is too long to be loaded. */
const withoutContentSql = valuesOf(
  columns.map(({ name }) => (name === 'content' ? `'' AS content` : name)),
)

/** Then a type and a length for each column. */
type Measures = readonly [seqType: string, seq: number, ...rest: (string | number | null)[]]

type Text = string | null

type Values = readonly [
  seq: number,
  id: string,
  kind: string,
  inReplyTo: Text,
  turnId: Text,
  timestamp: string,
  deliverAfter: Text,
  channelType: Text,
  channelInstance: string,
  platformId: Text,
  threadId: Text,
  content: string,
]

function seqProblem(
  [seqType, seq]: Measures,
  previous: number,
  largestSeq: number,
): string | undefined {
  if (seqType !== 'integer') return `seq is ${seqType}, expected an integer`
  if (seq <= previous) return `seq does not ascend from ${previous}`
  if (seq > largestSeq + seqWindow) {
    return `seq is more than ${seqWindow} above the largest known, ${largestSeq}`
  }
  return seq % 2 === 1 ? undefined : 'seq is even, the runner writes odd ones'
}

/** The bytes of a row's columns, of the last one and together, or what is wrong with one of them. */
function measure([, , ...measures]: Measures): string | { content: number; all: number } {
  let bytes = 0
  let length = 0
  for (const [index, { name, cap, nullable }] of columns.entries()) {
    const type = measures[2 * index]
    if (type === 'null' && nullable === true) continue
    if (type !== 'text') return `${name} is no text`
    length = Number(measures[2 * index + 1])
    if (length > cap) return `${name} is ${length} bytes long, at most ${cap} are taken`
    bytes += length
  }
  return { content: length, all: bytes }
}

/** Rows that may be read. */
interface Sound {
  readonly count: number
  readonly more: boolean
  /** There is only one, and its content has so many bytes, which are too many. */
  readonly tooLong?: number
}

/** Counts the rows that the caps let in; throws {@link Violation} for the first out of bounds. */
function countSound(sqlite: Statements, request: ReadRequest, limit: number): Sound {
  const longest = Math.min(request.contentBytes ?? Infinity, outboundLimits.content)
  const largestSeq = Math.max(request.largestSeq, request.after)
  let count = 0
  let bytes = 0
  let previous = request.after
  for (const measures of sqlite.rows<Measures>(measureSql, request.after, limit + 1)) {
    if (count === limit) return { count, more: true }
    const [, seq] = measures
    const measured = seqProblem(measures, previous, largestSeq) ?? measure(measures)
    if (typeof measured === 'string') throw new Violation(`messages_out, seq ${seq}: ${measured}`)
    if (measured.content > longest) {
      if (count > 0) return { count, more: true }
      return { count: 1, more: true, tooLong: measured.content }
    }
    bytes += measured.all
    if (bytes > outboundLimits.readBytes && count > 0) return { count, more: true }
    previous = seq
    count += 1
  }
  return { count, more: false }
}

function toRow(values: Values): OutboundRow {
  const [seq, id, kind, inReplyTo, turnId, timestamp, deliverAfter, channelType, ...rest] = values
  const [channelInstance, platformId, threadId, content] = rest
  const message = { id, seq, kind, inReplyTo, turnId, timestamp, deliverAfter, content }
  return { ...message, channelType, channelInstance, platformId, threadId }
}

function formProblem(row: OutboundRow): string | undefined {
  if (!isId(row.id)) return `id ${row.id} is not of an id's form`
  if (row.inReplyTo !== null && !isId(row.inReplyTo)) {
    return `in_reply_to ${row.inReplyTo} is not of an id's form`
  }
  if (row.turnId !== null && !isId(row.turnId)) {
    return `turn_id ${row.turnId} is not of an id's form`
  }
  if (!isTimestamp(row.timestamp)) return `timestamp ${row.timestamp} is none`
  if (row.deliverAfter !== null && !isTimestamp(row.deliverAfter)) {
    return `deliver_after ${row.deliverAfter} is no timestamp`
  }
  return undefined
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
  const { count, more, tooLong } = countSound(sqlite, request, limit)
  if (count === 0) return { rows: [], more }
  const sql = tooLong === undefined ? valuesSql : withoutContentSql
  const rows = sqlite
    .rows<Values>(sql, request.after, count)
    .map((values) => (tooLong === undefined ? toRow(values) : { ...toRow(values), tooLong }))
  const ids = new Set<string>()
  for (const row of rows) {
    const problem = ids.has(row.id) ? `id ${row.id} comes twice` : formProblem(row)
    if (problem !== undefined) throw new Violation(`messages_out, seq ${row.seq}: ${problem}`)
    ids.add(row.id)
  }
  return { rows, more }
}
