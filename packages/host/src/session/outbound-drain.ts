import type {
  ChatWords,
  Mailbox,
  OutboundAck,
  OutboundReader,
  PendingRow,
  ReadOutcome,
  Session,
  Taken,
} from '@nanoclaw/core'
import type { SessionDeliveries } from '../delivery/session-deliveries.ts'
import type { HostLimits } from '../limits.ts'
import type { OutboundGate } from './outbound-gate.ts'
import type { SessionTroubles } from './session-troubles.ts'

const rowsPerRead = 200

/** How far the ledger is, as the one who writes it knows; saves two queries a drain. */
export interface Position {
  /** The largest outbound `seq` that has been copied. */
  cursor: number
  /** The largest `seq` known of either side. */
  largestSeq: number
}

/** What a look at the outbound side found. */
export type DrainOutcome =
  | {
      readonly outcome: 'drained'
      /** Something new was there: a row or an end. */
      readonly progress: boolean
      readonly ended: readonly EndedRow[]
      /** Rows the runner says it is at work on. */
      readonly processing: readonly OutboundAck[]
    }
  /** More rows are there, which may not be taken now. */
  | {
      readonly outcome: 'held'
      readonly progress: boolean
      readonly processing: readonly OutboundAck[]
    }
  /** The container has been writing too fast for too long. */
  | { readonly outcome: 'flood'; readonly progress: boolean; readonly reason: string }
  | Exclude<ReadOutcome, { outcome: 'rows' }>

/** An inbound row that has ended, and how. */
export interface EndedRow {
  readonly row: PendingRow
  readonly ack: OutboundAck | undefined
}

/** What a drain needs. */
export interface DrainDeps {
  readonly session: Session
  readonly mailbox: Mailbox
  readonly reader: OutboundReader
  readonly deliveries: SessionDeliveries
  readonly position: Position
  /** How much may be taken. */
  readonly gate: OutboundGate
  readonly limits: Pick<HostLimits, 'contentBytes'>
  /** What is said in chats; undefined: nothing. */
  readonly chatWords: ChatWords | undefined
  /** The rows whose ends are of interest, at most 1,000. */
  pending(): readonly PendingRow[]
  /** The operator is sure to learn of rows that end without an answer, before they do. */
  readonly troubles: Pick<SessionTroubles, 'tell' | 'keep' | 'over'>
  /** Whether nothing more is to be taken. */
  isStopped(): boolean
  /** There may be something for the agent: rows that tell it of its own, or it may go on. */
  onNotice(): void
}

/**
 * Copies everything new that the runner wrote: rows into the ledger, ends of inbound rows. An end
 * is believed only with all rows before it, so that a row that has ended has its answers in the
 * ledger.
 */
export async function drainOutbound(deps: DrainDeps): Promise<DrainOutcome> {
  const { mailbox, reader, session, deliveries, position, gate, troubles } = deps
  const { contentBytes } = deps.limits
  const ended: EndedRow[] = []
  let progress = false
  for (;;) {
    const limit = await gate.admit(rowsPerRead)
    const read = await reader.read({
      agentGroupId: session.agentGroupId,
      sessionId: session.id,
      after: position.cursor,
      largestSeq: position.largestSeq,
      limit,
      contentBytes,
      ackIds: deps.pending().map((row) => row.id),
    })
    if (read.outcome !== 'rows') return read
    if (deps.isStopped()) return { outcome: 'busy' }
    const acks = read.more ? [] : read.acks.filter((ack) => ack.status !== 'processing')
    if (read.rows.length > 0 || acks.length > 0) {
      progress = true
      const plan = await deliveries.plan(read.rows, contentBytes)
      const { notices, meanings } = plan
      const failures = failuresIn(acks, deps.pending())
      if (failures.length > 0) await troubles.keep('row-failed', wordsOfFailures(failures))
      const taken = await mailbox.take(plan.rows, { acks, notices, chat: deps.chatWords })
      gate.took(read.rows.length)
      advance(position, taken, read.rows)
      deliveries.accept(taken.deliveries, meanings)
      deliveries.accept(taken.said)
      for (const row of taken.ended) {
        ended.push({ row, ack: acks.find((ack) => ack.messageId === row.id) })
      }
      if (notices.length > 0) deps.onNotice()
      const [repeated] = taken.repeated
      if (repeated !== undefined) {
        return { outcome: 'violation', reason: `the id ${repeated} is used for a second message` }
      }
    }
    const processing = read.acks.filter((ack) => ack.status === 'processing')
    if (read.more && limit === 0) return held(deps, progress, processing)
    if (read.more) continue
    const over = gate.caughtUp()
    for (const kind of over) troubles.over(kind)
    return { outcome: 'drained', progress, ended, processing }
  }
}

/** Rows are held back: whoever does not know it yet is told, the agent by a row that wakes nobody. */
async function held(
  deps: DrainDeps,
  progress: boolean,
  processing: readonly OutboundAck[],
): Promise<DrainOutcome> {
  const { mailbox, position, gate } = deps
  const { kind, message, isNew, verdict } = gate.hold()
  if (isNew) {
    deps.troubles.tell(kind, message)
    // The same one after a crash.
    const dedupeKey = JSON.stringify(['held', kind, position.cursor])
    const content = { type: 'output_held', reason: message }
    const notice = { kind: 'system', origin: null, trigger: false, content, dedupeKey } as const
    noteSeqs(position, await mailbox.append([notice]))
    deps.onNotice()
  }
  if (verdict === undefined) return { outcome: 'held', progress, processing }
  return { outcome: 'flood', progress, reason: verdict }
}

function failuresIn(
  acks: readonly OutboundAck[],
  pending: readonly PendingRow[],
): readonly EndedRow[] {
  const failed = acks.filter(({ status }) => status === 'failed')
  return failed.flatMap((ack) => {
    const row = pending.find(({ id }) => id === ack.messageId)
    return row === undefined ? [] : [{ row, ack }]
  })
}

/**
 * What the operator is told of rows that end without an answer: one incident, of which the last says
 * why, by the id that it can be traced and queued again with.
 */
function wordsOfFailures(ends: readonly EndedRow[]): string {
  const last = ends.at(-1)
  const which = ends.length > 1 ? `${ends.length} messages up to` : 'message'
  return `${which} ${last?.row.id} got no answer: ${last?.ack?.error ?? 'no reason'}`
}

function advance(
  position: Position,
  { notices, said }: Taken,
  rows: readonly { readonly seq: number }[],
): void {
  position.cursor = Math.max(position.cursor, ...rows.map(({ seq }) => seq))
  position.largestSeq = Math.max(position.largestSeq, position.cursor)
  noteSeqs(position, [...notices, ...said])
}

/** The host has given these rows numbers. */
export function noteSeqs(position: Position, rows: readonly { readonly seq: number }[]): void {
  position.largestSeq = Math.max(position.largestSeq, ...rows.map(({ seq }) => seq))
}
