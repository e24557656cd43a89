import { hostStateKeys, timestamp } from '@nanoclaw/schema/plain'
import { ledgerReads } from '../ledger/ledger-reads.ts'
import { settleParts } from '../ledger/settle-parts.ts'
import { pruneRows, readPrunable } from '../retention/prune-mailbox.ts'
import { readCursor, readLargestSeq } from './append-rows.ts'
import { readEvents, readEventsOf } from './event-rows.ts'
import type { Mailbox } from './mailbox.ts'
import { isOutdated, writeProjection } from './project-session.ts'
import { recordedWrites, toPending, type MailboxDeps } from './recorded-writes.ts'
import { readAskedEpoch, toInbound } from './rerun-row.ts'

/**
 * The mailbox over `inbound.db`. Rows, and deliveries about to be sent, are fully synced; what a
 * power cut may take back (acknowledgements, cursors, ends) is read again from `outbound.db`.
 */
export function createSqliteMailbox(deps: MailboxDeps): Mailbox {
  const { sessionId, connection, clock } = deps
  const close = async () => connection.close()
  return {
    sessionId,
    ...recordedWrites(deps),
    ...ledgerReads(connection),
    cursor: async () => connection.read(readCursor),
    largestSeq: async () => connection.read(readLargestSeq),
    settleParts: async (id, changes) => {
      const sync = changes.some(({ status }) => status === 'sending') ? 'full' : 'normal'
      connection.write(sync, (statements) => settleParts(statements, id, changes, timestamp(clock)))
    },
    pending: async (limit) =>
      connection.read(({ pending }) => pending().all({ limit }).map(toPending)),
    wanting: async (limit) =>
      connection.read(({ wanting }) => wanting().all({ limit }).map(toPending)),
    paused: async (limit) =>
      connection.read(({ paused }) => paused().all({ limit }).map(toPending)),
    inbound: async (id) =>
      connection.read(({ inbound }) => {
        const row = inbound().get({ id })
        return row && toInbound(row)
      }),
    pause: async (rowIds, epoch) =>
      connection.write('full', (statements) => {
        const asked = Math.max(epoch, readAskedEpoch(statements))
        statements.setState().run({ key: hostStateKeys.askedEpoch, value: String(asked) })
        return rowIds.flatMap((id) => statements.pausePending().all({ id }).map(toPending))
      }),
    askedEpoch: async () => connection.read(readAskedEpoch),
    countTry: async (rowIds) =>
      connection.write('normal', ({ countTry }) => {
        for (const id of rowIds) countTry().run({ id })
      }),
    async project(projection) {
      if (!connection.read((statements) => isOutdated(statements, projection))) return false
      connection.write('normal', (statements) => writeProjection(statements, projection))
      return true
    },
    events: async (after, limit) =>
      connection.read((statements) => readEvents(statements, after, limit)),
    eventsOf: async (seqs) => connection.read((statements) => readEventsOf(statements, seqs)),
    prunable: async (before, limit) =>
      connection.read((statements) => readPrunable(statements, before, limit)),
    prune: async (request) =>
      connection.write('normal', (statements) => pruneRows(statements, request)),
    close,
    [Symbol.asyncDispose]: close,
  }
}
