import { timestamp, type Clock, type Ids, type SyncMode } from '@nanoclaw/schema/plain'
import type { EventRecorder } from '../events/event-log.ts'
import { factStamper } from '../events/stamp-facts.ts'
import { forgetNotice, sayEnds, sayWaiting } from '../ledger/chat-trouble.ts'
import { requeueDelivery, settleDelivery } from '../ledger/settle-delivery.ts'
import { settleParts } from '../ledger/settle-parts.ts'
import { takeRows } from '../ledger/take-rows.ts'
import type { OutboundAck } from '../ledger/types.ts'
import { appendRows, checkInbound } from './append-rows.ts'
import { deliveryFacts, toEventRow, toOrigin, turnFacts, type Tell } from './event-facts.ts'
import type { EndedRow } from './event-facts.ts'
import { writeEvent } from './event-rows.ts'
import type { InboundConnection } from './inbound-connection.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { PendingRow } from './inbound-types.ts'
import type { Mailbox } from './mailbox.ts'
import { rerunRow } from './rerun-row.ts'

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

/** An end that is wanted. */
type WantedEnd = Omit<EndedRow, 'row'> & { readonly rowId: string }

interface RowThatEnded {
  readonly row: PendingRow
  readonly status: EndedRow['status']
}

/** Ends rows that have not ended, and tells of them. */
function endRows(
  { endPending }: MailboxStatements,
  ends: readonly WantedEnd[],
  tell: Tell,
): readonly RowThatEnded[] {
  const ended = ends.flatMap(({ rowId, ...end }) =>
    endPending()
      .all({ id: rowId, status: end.status })
      .map((row) => ({ ...end, row })),
  )
  const told = ended.map((end) => ({ ...end, row: toEventRow(end.row) }))
  for (const facts of turnFacts(told)) tell(facts)
  return ended.map(({ row, status }) => ({ row: toPending(row), status }))
}

function endOf(ack: OutboundAck) {
  const { messageId: rowId, status } = ack
  return status === 'processing' ? [] : [{ rowId, status, ack }]
}

/** One transaction that tells of at most `most` events. */
type Write = <T>(
  most: number,
  sync: SyncMode,
  work: (statements: MailboxStatements, tell: Tell) => T,
) => Promise<T>

function writer({ connection, record }: MailboxDeps): Write {
  return (most, sync, work) =>
    record(most, (range) => {
      const { events, stamp } = factStamper(range)
      const value = connection.write(sync, (statements) =>
        work(statements, (facts) => writeEvent(statements, stamp(facts))),
      )
      return { value, events }
    })
}

function inboundWrites({ clock, ids }: MailboxDeps, write: Write) {
  return {
    async append(rows) {
      const checked = rows.map(checkInbound)
      return write(rows.length, 'full', (statements, tell) =>
        appendRows(statements, checked, { clock, ids, tell }),
      )
    },
    async end(rowIds, status, chat) {
      const ends = rowIds.map((rowId) => ({ rowId, status }))
      // An end, and what is said of it.
      const most = (chat === undefined ? 1 : 2) * ends.length
      const sync = chat !== undefined && status === 'failed' ? 'full' : 'normal'
      return write(most, sync, (statements, tell) => {
        const ended = endRows(statements, ends, tell)
        return sayEnds({ statements, clock, ids, tell }, chat, ended)
      })
    },
    rerun: (id) =>
      write(1, 'full', (statements, tell) => rerunRow(statements, id, { clock, ids, tell })),
  } satisfies Partial<Mailbox>
}

function ledgerWrites({ clock, ids }: MailboxDeps, write: Write) {
  const isSending = ({ status }: { readonly status: string }) => status === 'sending'
  return {
    async take(rows, { acks = [], notices = [], chat } = {}) {
      const checked = notices.map(checkInbound)
      const ends = acks.flatMap(endOf)
      const fails = chat !== undefined && ends.some(({ status }) => status === 'failed')
      const sync = checked.length > 0 || fails || rows.some(isSending) ? 'full' : 'normal'
      const most = rows.length + (chat === undefined ? 1 : 2) * ends.length + checked.length
      return write(most, sync, (statements, tell) => {
        const taken = takeRows(statements, rows, timestamp(clock), (delivery) =>
          tell(deliveryFacts(delivery)),
        )
        const ended = endRows(statements, ends, tell)
        return {
          ...taken,
          ended: ended.map(({ row }) => row),
          notices: appendRows(statements, checked, { clock, ids, tell }),
          said: sayEnds({ statements, clock, ids, tell }, chat, ended),
        }
      })
    },
    async settle(id, change, { notices = [], parts = [], durable = false } = {}) {
      const checked = notices.map(checkInbound)
      const isFull = durable || checked.length > 0 || [change, ...parts].some(isSending)
      const sync = isFull ? 'full' : 'normal'
      return write(1 + checked.length, sync, (statements, tell) => {
        const now = timestamp(clock)
        const settled = settleDelivery(statements, id, change, now)
        if (parts.length > 0) settleParts(statements, id, parts, now)
        forgetNotice(statements, settled)
        tell(deliveryFacts(settled))
        appendRows(statements, checked, { clock, ids, tell })
        return settled
      })
    },
    requeue: (id) =>
      write(1, 'full', (statements, tell) => {
        const requeued = requeueDelivery(statements, id, timestamp(clock))
        tell(deliveryFacts(requeued))
        return requeued
      }),
    tellUnanswered: (origins, text) =>
      write(origins.length, 'full', (statements, tell) =>
        sayWaiting({ statements, clock, ids, tell }, text, origins),
      ),
  } satisfies Partial<Mailbox>
}

/** The methods of a mailbox that tell of what they do. */
export function recordedWrites(
  deps: MailboxDeps,
): Pick<Mailbox, 'append' | 'end' | 'rerun' | 'take' | 'settle' | 'requeue' | 'tellUnanswered'> {
  const write = writer(deps)
  return { ...inboundWrites(deps, write), ...ledgerWrites(deps, write) }
}
