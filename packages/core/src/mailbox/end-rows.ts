import type { OutboundAck } from '../ledger/types.ts'
import { toEventRow, toOrigin, turnFacts, type EndedRow, type Tell } from './event-facts.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { PendingRow } from './inbound-types.ts'

type PendingColumns = ReturnType<ReturnType<MailboxStatements['pending']>['all']>[number]

/** A row as callers see it. */
export function toPending(row: PendingColumns): PendingRow {
  const { id, seq, kind, processAfter, tries } = row
  return { id, seq, kind, origin: toOrigin(row), processAfter, trigger: row.trigger === 1, tries }
}

/** An end that is wanted. */
export type WantedEnd = Omit<EndedRow, 'row'> & { readonly rowId: string }

/** A row that has been ended. */
export interface RowThatEnded {
  readonly row: PendingRow
  readonly status: EndedRow['status']
}

/** The ends that acknowledgements want. */
export function endsOf(acks: readonly OutboundAck[]): readonly WantedEnd[] {
  return acks.flatMap((ack) => {
    const { messageId: rowId, status } = ack
    return status === 'processing' ? [] : [{ rowId, status, ack }]
  })
}

/** Ends rows that have not ended, and tells of them. */
export function endRows(
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
