import { ledgerReads } from '../ledger/ledger-reads.ts'
import { readPrunable } from '../retention/prune-mailbox.ts'
import { readCursor, readLargestSeq } from './append-rows.ts'
import { toPending } from './end-rows.ts'
import { readEvents, readEventsOf } from './event-rows.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { PendingRow } from './inbound-types.ts'
import type { InboundRecord } from './mailbox.ts'
import { readAskedEpoch, toInbound } from './rerun-row.ts'

/** Every question to a mailbox, by the name of its method: each is the inside of one transaction. */
export const mailboxReads = {
  ...ledgerReads,
  cursor: readCursor,
  largestSeq: readLargestSeq,
  pending: ({ pending }: MailboxStatements, limit: number): readonly PendingRow[] =>
    pending().all({ limit }).map(toPending),
  wanting: ({ wanting }: MailboxStatements, limit: number): readonly PendingRow[] =>
    wanting().all({ limit }).map(toPending),
  paused: ({ paused }: MailboxStatements, limit: number): readonly PendingRow[] =>
    paused().all({ limit }).map(toPending),
  inbound({ inbound }: MailboxStatements, id: string): InboundRecord | undefined {
    const row = inbound().get({ id })
    return row && toInbound(row)
  },
  askedEpoch: readAskedEpoch,
  events: readEvents,
  eventsOf: readEventsOf,
  prunable: readPrunable,
} as const

type Reads = typeof mailboxReads
/** The name of a question. */
export type ReadName = keyof Reads
/** What it is asked with. */
export type ReadArgs<Name extends ReadName> =
  Parameters<Reads[Name]> extends [statements: MailboxStatements, ...args: infer Args] ? Args : []
/** The answer. */
export type ReadResult<Name extends ReadName> = ReturnType<Reads[Name]>
