import type { OutboundAck, OutboundRow, ReadOutcome, ReadRequest } from '@nanoclaw/core'

/**
 * What the host and a reader process say to each other: JSON, one array a line, over the child's
 * standard input and output, checked by hand since it is said for every message. One read at a time.
 * That one has been begun stands in a file that both hold (`begun-record.ts`): from then on time
 * counts, and the end of the process is evidence.
 */

/** Longest line from the child, in bytes: six times what one read may take, and the acks. */
export const longestAnswer = 8 * 1024 * 1024

/** The child's lines. */
export type ReaderMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'answer'
      /** No `deadline`, which is for the host to say. */
      readonly outcome: ReadOutcome
      /** What reading took, in milliseconds. */
      readonly ms: number
      /** It has grown, and should be replaced. */
      readonly worn: boolean
    }
  /** A system's error (`EACCES` …), which says nothing about the container. */
  | { readonly type: 'trouble'; readonly message: string }

type SessionName = Pick<ReadRequest, 'agentGroupId' | 'sessionId'>

/** The host's lines: a read, which is answered, or a session whose file is to be closed, which is not. */
export type ReaderRequest = ReadRequest | { readonly forget: SessionName }

function line(values: readonly unknown[]): string {
  return `${JSON.stringify(values)}\n`
}

/** A read as a line. */
export function encodeRead(request: ReadRequest): string {
  const { agentGroupId, sessionId, after, largestSeq, limit, contentBytes, ackIds } = request
  return line([agentGroupId, sessionId, after, largestSeq, limit, contentBytes ?? null, ackIds])
}

/** A session whose file is to be closed, as a line. */
export function encodeForget({ agentGroupId, sessionId }: SessionName): string {
  return line([agentGroupId, sessionId])
}

/** One of the child's as a line. */
export function encodeMessage(message: ReaderMessage): string {
  if (message.type === 'ready') return line(['ready'])
  if (message.type === 'trouble') return line(['trouble', message.message])
  const { outcome, ms, worn } = message
  return line(['answer', ms, worn, outcome.outcome, ...valuesOf(outcome)])
}

function valuesOf(outcome: ReadOutcome): readonly unknown[] {
  if (outcome.outcome === 'busy') return []
  if (outcome.outcome !== 'rows') return [outcome.reason]
  return [outcome.more, outcome.rows.map(fromRow), outcome.acks.map(fromAck)]
}

function fromRow(row: OutboundRow): readonly unknown[] {
  const { id, seq, kind, inReplyTo, turnId, timestamp, deliverAfter, content } = row
  const { channelType, channelInstance, platformId, threadId, tooLong = null } = row
  return [
    ...[id, seq, kind, inReplyTo, turnId, timestamp, deliverAfter],
    ...[channelType, channelInstance, platformId, threadId, content, tooLong],
  ]
}

function fromAck(ack: OutboundAck): readonly unknown[] {
  const { messageId, status, turnId, epoch, claims, claimedAt, error } = ack
  return [messageId, status, turnId, epoch, claims, claimedAt, error]
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value)
const isInt = (value: unknown): value is number => Number.isSafeInteger(value)
const isIntOrNull = (value: unknown): value is number | null => value === null || isInt(value)
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** All of them, or undefined when one is none. */
function toAll<T>(
  values: unknown,
  to: (value: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!isList(values)) return undefined
  const all: T[] = []
  for (const value of values) {
    const one = to(value)
    if (one === undefined) return undefined
    all.push(one)
  }
  return all
}

function toRow(value: unknown): OutboundRow | undefined {
  if (!isList(value)) return undefined
  const [id, seq, kind, inReplyTo, turnId, timestamp, deliverAfter, ...rest] = value
  const [channelType, channelInstance, platformId, threadId, content, tooLong] = rest
  if (!isText(id) || !isInt(seq) || !isText(kind) || !isTextOrNull(inReplyTo)) return undefined
  if (!isTextOrNull(turnId) || !isText(timestamp) || !isTextOrNull(deliverAfter)) return undefined
  if (!isTextOrNull(channelType) || !isText(channelInstance)) return undefined
  if (!isTextOrNull(platformId) || !isTextOrNull(threadId) || !isText(content)) return undefined
  if (!isIntOrNull(tooLong)) return undefined
  const message = { id, seq, kind, inReplyTo, turnId, timestamp, deliverAfter, content }
  const row = { ...message, channelType, channelInstance, platformId, threadId }
  return tooLong === null ? row : { ...row, tooLong }
}

function isAckStatus(status: unknown): status is OutboundAck['status'] {
  return status === 'processing' || status === 'completed' || status === 'failed'
}

function toAck(value: unknown): OutboundAck | undefined {
  if (!isList(value)) return undefined
  const [messageId, status, turnId, epoch, claims, claimedAt, error] = value
  if (!isText(messageId) || !isAckStatus(status) || !isTextOrNull(turnId)) return undefined
  if (!isIntOrNull(epoch) || !isIntOrNull(claims)) return undefined
  if (!isTextOrNull(claimedAt) || !isTextOrNull(error)) return undefined
  return { messageId, status, turnId, epoch, claims, claimedAt, error }
}

function toOutcome([name, ...values]: readonly unknown[]): ReadOutcome | undefined {
  if (name === 'busy') return { outcome: name }
  if (name === 'violation') {
    const [reason] = values
    return isText(reason) ? { outcome: name, reason } : undefined
  }
  if (name !== 'rows') return undefined
  const [more, ...lists] = values
  const rows = toAll(lists[0], toRow)
  const acks = toAll(lists[1], toAck)
  if (typeof more !== 'boolean' || rows === undefined || acks === undefined) return undefined
  return { outcome: name, rows, acks, more }
}

function parseList(text: string): readonly unknown[] {
  const parsed: unknown = JSON.parse(text)
  return isList(parsed) ? parsed : []
}

function toMessage([type, ...values]: readonly unknown[]): ReaderMessage | undefined {
  const [first, worn, ...rest] = values
  if (type === 'ready') return { type }
  if (type === 'trouble') return isText(first) ? { type, message: first } : undefined
  if (type !== 'answer' || typeof first !== 'number' || typeof worn !== 'boolean') return undefined
  const outcome = toOutcome(rest)
  return outcome && { type, outcome, ms: first, worn }
}

/** A line of the child, or undefined when it is none. */
export function parseMessage(text: string): ReaderMessage | undefined {
  try {
    return toMessage(parseList(text))
  } catch {
    return undefined
  }
}

/** A line of the host. Throws for what is none. */
export function parseRequest(text: string): ReaderRequest {
  const [agentGroupId, sessionId, ...values] = parseList(text)
  if (!isText(agentGroupId) || !isText(sessionId)) throw new TypeError('expected a session')
  const session = { agentGroupId, sessionId }
  if (values.length === 0) return { forget: session }
  const [after, largestSeq, limit, contentBytes, ids] = values
  const ackIds = toAll(ids, (id) => (isText(id) ? id : undefined))
  if (!isInt(after) || !isInt(largestSeq) || !isInt(limit) || !isIntOrNull(contentBytes)) {
    throw new TypeError('expected what is to be read in numbers')
  }
  if (ackIds === undefined) throw new TypeError('expected the ids of rows that may have ended')
  const request = { ...session, after, largestSeq, limit, ackIds }
  return contentBytes === null ? request : { ...request, contentBytes }
}
