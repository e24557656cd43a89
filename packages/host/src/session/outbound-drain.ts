import type {
  Mailbox,
  OutboundAck,
  OutboundReader,
  PendingRow,
  ReadOutcome,
  Session,
} from '@nanoclaw/core'
import type { SessionDeliveries } from '../delivery/session-deliveries.ts'

/** Acknowledgements asked for with one read. */
const acksPerRead = 500
const rowsPerRead = 200

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
  /** Retries while somebody else holds a lock. */
  bear<T>(operation: () => Promise<T>): Promise<T>
}

/**
 * Copies everything new that the runner wrote: rows into the ledger, ends of inbound rows. An end
 * is believed only with all rows before it, so that a row that has ended has its answers in the
 * ledger.
 */
export async function drainOutbound(deps: DrainDeps): Promise<DrainOutcome> {
  const { mailbox, reader, session, deliveries } = deps
  const ended: EndedRow[] = []
  let progress = false
  for (;;) {
    const pending = await mailbox.pending(acksPerRead)
    const read = await reader.read({
      agentGroupId: session.agentGroupId,
      sessionId: session.id,
      after: await mailbox.cursor(),
      largestSeq: await mailbox.largestSeq(),
      limit: rowsPerRead,
      ackIds: pending.map((row) => row.id),
    })
    if (read.outcome !== 'rows') return read
    const acks = read.more ? [] : read.acks.filter((ack) => ack.status !== 'processing')
    if (read.rows.length > 0 || acks.length > 0) {
      progress = true
      const plan = await deliveries.plan(read.rows)
      const taken = await deps.bear(() => mailbox.take(plan.rows, { acks, notices: plan.notices }))
      deliveries.accept(taken.deliveries)
      for (const row of taken.ended) {
        ended.push({ row, ack: acks.find((ack) => ack.messageId === row.id) })
      }
    }
    const moreAcks = acks.length > 0 && pending.length === acksPerRead
    if (read.more || moreAcks) continue
    const processing = read.acks.filter((ack) => ack.status === 'processing')
    return { outcome: 'drained', progress, ended, processing }
  }
}
