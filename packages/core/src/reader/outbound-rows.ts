import { isId, isTimestamp, seqWindow, type openUntrusted } from '@nanoclaw/schema/untrusted'
import type { OutboundRow } from '../mailbox/mailbox.ts'
import { outboundLimits, type ReadRequest } from '../mailbox/outbound-reader.ts'
import { Violation } from './violation.ts'

/** A connection to an untrusted file. */
export type Untrusted = ReturnType<typeof openUntrusted>

interface Column {
  readonly name: string
  readonly as: string
  readonly cap: number
  readonly nullable?: true
}

/** Longest id, by its pattern: a prefix of 5, a hyphen, 40. */
const longestId = 46
const { field } = outboundLimits

const columns: readonly Column[] = [
  { name: 'id', as: 'id', cap: longestId },
  { name: 'kind', as: 'kind', cap: field },
  { name: 'in_reply_to', as: 'inReplyTo', cap: longestId, nullable: true },
  { name: 'timestamp', as: 'timestamp', cap: 24 },
  { name: 'deliver_after', as: 'deliverAfter', cap: 24, nullable: true },
  { name: 'channel_type', as: 'channelType', cap: field, nullable: true },
  { name: 'channel_instance', as: 'channelInstance', cap: field },
  { name: 'platform_id', as: 'platformId', cap: field, nullable: true },
  { name: 'thread_id', as: 'threadId', cap: field, nullable: true },
  { name: 'content', as: 'content', cap: outboundLimits.content },
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
const rowsSql = `SELECT typeof(seq) AS seqType, seq,
  coalesce(${columns.map(problemOf).join(',\n')}, NULL) AS problem,
  ${columns.map(({ name }) => `coalesce(octet_length(${name}), 0)`).join(' + ')} AS bytes,
  ${columns
    .map(
      ({ name, as, cap }) => `CASE WHEN octet_length(${name}) <= ${cap} THEN ${name} END AS ${as}`,
    )
    .join(',\n')}
  FROM messages_out WHERE seq > ? ORDER BY seq LIMIT ?`

/** What a file yields: of the types that the SQL vouches for once `problem` is null. */
interface FoundRow extends OutboundRow {
  readonly seqType: string
  readonly problem: string | null
  readonly bytes: number
}

function formProblem(row: FoundRow): string | undefined {
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

function seqProblem(row: FoundRow, previous: number, largestSeq: number): string | undefined {
  if (row.seqType !== 'integer') return `seq is ${row.seqType}, expected an integer`
  if (row.seq <= previous) return `seq does not ascend from ${previous}`
  if (row.seq > largestSeq + seqWindow) {
    return `seq is more than ${seqWindow} above the largest known, ${largestSeq}`
  }
  return row.seq % 2 === 1 ? undefined : 'seq is even, the runner writes odd ones'
}

function toRow(row: FoundRow): OutboundRow {
  const { id, seq, kind, inReplyTo, timestamp, deliverAfter } = row
  const { channelType, channelInstance, platformId, threadId, content } = row
  const message = { id, seq, kind, inReplyTo, timestamp, deliverAfter, content }
  return { ...message, channelType, channelInstance, platformId, threadId }
}

/**
 * The rows after the cursor, as many as the caps allow. One row out of bounds condemns the read: a
 * runner of ours does not write such. Throws {@link Violation}.
 */
export function readRows(
  sqlite: Untrusted,
  request: ReadRequest,
): { readonly rows: readonly OutboundRow[]; readonly more: boolean } {
  const limit = Math.max(0, Math.min(request.limit, outboundLimits.rows))
  const largestSeq = Math.max(request.largestSeq, request.after)
  const found = sqlite.prepare<[number, number], FoundRow>(rowsSql)
  const rows: OutboundRow[] = []
  const ids = new Set<string>()
  let bytes = 0
  let previous = request.after
  for (const row of found.iterate(request.after, limit + 1)) {
    if (rows.length === limit) return { rows, more: true }
    const problem =
      seqProblem(row, previous, largestSeq) ??
      row.problem ??
      formProblem(row) ??
      (ids.has(row.id) ? `id ${row.id} comes twice` : undefined)
    if (problem !== undefined) throw new Violation(`messages_out, seq ${row.seq}: ${problem}`)
    bytes += row.bytes
    if (bytes > outboundLimits.readBytes && rows.length > 0) return { rows, more: true }
    previous = row.seq
    ids.add(row.id)
    rows.push(toRow(row))
  }
  return { rows, more: false }
}
