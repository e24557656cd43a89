import { timestamp, type Clock, type Ids, type SyncMode } from '@nanoclaw/schema'
import type { EventRecorder } from '../events/event-log.ts'
import { appendRows, checkInbound } from './append-rows.ts'
import { deliveryFacts, toEventRow, toOrigin, turnFacts, type Tell } from './event-facts.ts'
import type { EndedRow } from './event-facts.ts'
import { writeEvent } from './event-rows.ts'
import type { InboundConnection } from './inbound-connection.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { Mailbox, OutboundAck, PendingRow } from './mailbox.ts'
import { settleDelivery } from './settle-delivery.ts'
import { takeRows } from './take-rows.ts'

/** What a mailbox is made of. */
export interface MailboxDeps {
  readonly sessionId: string
  readonly connection: InboundConnection
  readonly clock: Clock
  readonly ids: Ids
  readonly record: EventRecorder
}

type PendingColumns = ReturnType<ReturnType<MailboxStatements['pending']>['all']>[number]

/** A row as callers see it. */
export function toPending(row: PendingColumns): PendingRow {
  const { id, seq, kind, processAfter, tries } = row
  return { id, seq, kind, origin: toOrigin(row), processAfter, trigger: row.trigger === 1, tries }
}

/** Ends rows that have not ended, and tells of them. */
function endRows(
  { endPending }: MailboxStatements,
  ends: readonly (Omit<EndedRow, 'row'> & { readonly rowId: string })[],
  tell: Tell,
): readonly PendingRow[] {
  const ended = ends.flatMap(({ rowId, ...end }) =>
    endPending()
      .all({ id: rowId, status: end.status })
      .map((row) => ({ ...end, row })),
  )
  const told = ended.map((end) => ({ ...end, row: toEventRow(end.row) }))
  for (const facts of turnFacts(told)) tell(facts)
  return ended.map(({ row }) => toPending(row))
}

function endOf(ack: OutboundAck) {
  const { messageId: rowId, status } = ack
  return status === 'processing' ? [] : [{ rowId, status, ack }]
}

/** The methods of a mailbox that tell of what they do. */
export function recordedWrites(
  deps: MailboxDeps,
): Pick<Mailbox, 'append' | 'take' | 'settle' | 'end'> {
  const { connection, clock, ids, record } = deps
  /** One transaction that tells of at most `most` events. */
  const write = <T>(
    most: number,
    sync: SyncMode,
    work: (statements: MailboxStatements, tell: Tell) => T,
  ): Promise<T> =>
    record(most, (stamp) =>
      connection.write(sync, (statements) =>
        work(statements, (facts) => writeEvent(statements, stamp(facts))),
      ),
    )
  return {
    async append(rows) {
      const checked = rows.map(checkInbound)
      return write(rows.length, 'full', (statements, tell) =>
        appendRows(statements, checked, { clock, ids, tell }),
      )
    },
    async take(rows, { acks = [], notices = [] } = {}) {
      const checked = notices.map(checkInbound)
      const ends = acks.flatMap(endOf)
      const durable = checked.length > 0 || rows.some(({ status }) => status === 'sending')
      const most = rows.length + ends.length + checked.length
      return write(most, durable ? 'full' : 'normal', (statements, tell) => ({
        ...takeRows(statements, rows, (delivery) => tell(deliveryFacts(delivery))),
        ended: endRows(statements, ends, tell),
        notices: appendRows(statements, checked, { clock, ids, tell }),
      }))
    },
    async settle(id, change, notices = []) {
      const checked = notices.map(checkInbound)
      const durable = checked.length > 0 || change.status === 'sending'
      return write(1 + checked.length, durable ? 'full' : 'normal', (statements, tell) => {
        const settled = settleDelivery(statements, id, change, timestamp(clock))
        tell(deliveryFacts(settled))
        appendRows(statements, checked, { clock, ids, tell })
        return settled
      })
    },
    end: async (rowIds, status) =>
      write(rowIds.length, 'normal', (statements, tell) => {
        const ends = rowIds.map((rowId) => ({ rowId, status }))
        endRows(statements, ends, tell)
      }),
  }
}
