import { hostStateKeys, nextHostSeq, timestamp, type Clock, type Ids } from '@nanoclaw/schema/plain'
import { toEventRow, type Tell } from './event-facts.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { Appended, NewInbound } from './inbound-types.ts'

/** A row whose content has been checked and written out. */
export interface CheckedInbound {
  readonly row: Omit<NewInbound, 'content'>
  readonly content: string
}

/** The largest outbound `seq` that has been copied. */
export function readCursor(statements: MailboxStatements): number {
  return Number(statements.state().get({ key: hostStateKeys.outboundCursor })?.value ?? 0)
}

/** The largest `seq` that the host knows of either side. */
export function readLargestSeq(statements: MailboxStatements): number {
  const states = { key: hostStateKeys.outboundCursor, other: hostStateKeys.pruneThroughSeq }
  return statements.largestSeq().get(states)?.seq ?? 0
}

/** Inserts a row under the host's next number, inside the caller's transaction. */
export function insertNext<T extends { readonly id: string }>(
  statements: MailboxStatements,
  row: T,
) {
  const seq = nextHostSeq(readLargestSeq(statements))
  statements.insertInbound().run({ ...row, seq })
  return { id: row.id, seq }
}

/** Appends checked rows, inside the caller's immediate transaction, and tells of the new ones. */
export function appendRows(
  statements: MailboxStatements,
  rows: readonly CheckedInbound[],
  { clock, ids, tell }: { readonly clock: Clock; readonly ids: Ids; readonly tell: Tell },
): readonly Appended[] {
  if (rows.length === 0) return []
  let largest = readLargestSeq(statements)
  return rows.map(({ row, content }): Appended => {
    const dedupeKey = row.dedupeKey ?? null
    const id = row.id ?? ids.next('in')
    const seq = nextHostSeq(largest)
    const origin = {
      channelType: row.origin?.channelType ?? null,
      channelInstance: row.origin?.channelInstance ?? '',
      platformId: row.origin?.platformId ?? null,
      threadId: row.origin?.threadId ?? null,
    }
    const { changes } = statements.insertInbound().run({
      id,
      seq,
      kind: row.kind,
      timestamp: timestamp(clock),
      processAfter: row.processAfter ?? null,
      ...origin,
      content,
      platformMessageId: row.platformMessageId ?? null,
      dedupeKey,
      trigger: row.trigger === false ? 0 : 1,
      onWake: row.onWake === true ? 1 : 0,
      sourceSessionId: row.sourceSessionId ?? null,
      hops: row.hops ?? 0,
    })
    // Nearly always it is new: it is looked for only where it is not.
    const known = changes === 0 ? statements.byDedupeKey().get({ dedupeKey }) : undefined
    if (known !== undefined) return { outcome: 'duplicate', ...known }
    largest = seq
    tell({ type: 'accepted', ...toEventRow({ id, seq, kind: row.kind, ...origin }) })
    return { outcome: 'accepted', id, seq }
  })
}
