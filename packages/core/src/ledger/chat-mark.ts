import { hostStateKeys, originKey, type Origin } from '@nanoclaw/schema/plain'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'

/** What is known of people who have been told that they cannot be answered now. */
export interface ChatMark {
  /** The row that told them. */
  readonly notice: string
  /** They were told that their messages wait, not that one could not be answered. */
  readonly waits: boolean
  /** It was said in the chat itself, and for its threads. */
  readonly forThreads: boolean
  /** How often the trouble has come back, each time soon after it was over. */
  readonly returns: number
  /** When it was last seen. */
  readonly failedAt: string
  /** When they were told that it is over; null: they have not been. */
  readonly recoveredAt: string | null
}

/** The mark of an origin, and that of the chat of its thread. */
export interface ChatMarks {
  readonly own: ChatMark | undefined
  /** The same as `own` where there is no thread. */
  readonly ofChat: ChatMark | undefined
}

const shortestCalmMs = 600_000
const longestCalmMs = 86_400_000

/**
 * Whether a trouble has been away for long enough: ten minutes, twice as long each time that it has
 * come back, at most a day. A clock that has jumped back makes no wait longer.
 */
export function isCalm(since: string, { returns }: ChatMark, now: number): boolean {
  const calmMs = Math.min(shortestCalmMs * 2 ** Math.max(0, returns - 1), longestCalmMs)
  const passedMs = now - Date.parse(since)
  return passedMs < 0 || passedMs >= calmMs
}

/** The chat that a thread is in; of what is in no thread, itself. */
export function chatOf(origin: Origin): Origin {
  return { ...origin, threadId: null }
}

function keyOf(origin: Origin): string {
  return `${hostStateKeys.chatTrouble}:${originKey(origin)}`
}

/** One query. */
export function readMarks(statements: MailboxStatements, origin: Origin): ChatMarks {
  const key = keyOf(origin)
  const chatKey = keyOf(chatOf(origin))
  const found = statements.twoStates().all({ key, other: chatKey })
  const markAt = (wanted: string) => parseMark(found.find((row) => row.key === wanted)?.value)
  return { own: markAt(key), ofChat: markAt(chatKey) }
}

/** Inside the caller's transaction. */
export function writeMark(statements: MailboxStatements, origin: Origin, mark: ChatMark): void {
  statements.setState().run({ key: keyOf(origin), value: JSON.stringify(mark) })
}

/** Inside the caller's transaction. */
export function removeMark(statements: MailboxStatements, origin: Origin): void {
  statements.removeState().run({ key: keyOf(origin) })
}

/** Undefined for what is no mark: then nobody has been told. */
function parseMark(text: string | undefined): ChatMark | undefined {
  if (text === undefined) return undefined
  const { notice, waits, forThreads, returns, failedAt, recoveredAt } = fieldsOf(text)
  const isWhole =
    typeof notice === 'string' &&
    typeof waits === 'boolean' &&
    typeof forThreads === 'boolean' &&
    typeof returns === 'number' &&
    typeof failedAt === 'string' &&
    (recoveredAt === null || typeof recoveredAt === 'string')
  return isWhole ? { notice, waits, forThreads, returns, failedAt, recoveredAt } : undefined
}

function fieldsOf(text: string): { readonly [K in keyof ChatMark]?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
