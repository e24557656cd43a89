import { timestamp, type Clock, type Ids, type Origin, type Place } from '@nanoclaw/schema'
import { appendRows, checkInbound, readCursor, readLargestSeq } from './append-rows.ts'
import type { InboundConnection } from './inbound-connection.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { Mailbox, OutboundAck, PendingRow } from './mailbox.ts'
import { isOutdated, writeProjection } from './project-session.ts'
import { settleDelivery } from './settle-delivery.ts'
import { readParts, settlePart } from './settle-part.ts'
import { placeColumns, takeRows, toDelivery } from './take-rows.ts'

// Later than every moment that can be written in the protocol's form.
const endOfTime = '~'

/** What a mailbox is made of. */
export interface MailboxDeps {
  readonly sessionId: string
  readonly connection: InboundConnection
  readonly clock: Clock
  readonly ids: Ids
}

type PendingColumns = ReturnType<ReturnType<MailboxStatements['pending']>['all']>[number]

function toPending(row: PendingColumns): PendingRow {
  const { channelType, channelInstance, platformId, threadId } = row
  const origin: Origin | null =
    channelType === null || platformId === null
      ? null
      : { channelType, channelInstance, platformId, threadId }
  const { id, seq, kind, processAfter, tries } = row
  return { id, seq, kind, origin, processAfter, trigger: row.trigger === 1, tries }
}

/** Copies the ends that a runner reported; rows that have ended keep their end. */
function endReported(
  { endPending }: MailboxStatements,
  acks: readonly OutboundAck[],
): readonly PendingRow[] {
  return acks
    .filter(({ status }) => status !== 'processing')
    .flatMap(({ messageId, status }) => endPending().all({ id: messageId, status }))
    .map(toPending)
}

function toPlace(row: {
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
}): Place {
  const { channelType, channelInstance, platformId } = row
  return { channelType: channelType ?? '', channelInstance, platformId: platformId ?? '' }
}

/**
 * The mailbox over `inbound.db`. Rows, and deliveries about to be sent, are fully synced; what a
 * power cut may take back (acknowledgements, cursors, ends) is read again from `outbound.db`.
 */
export function createSqliteMailbox(deps: MailboxDeps): Mailbox {
  const { sessionId, connection, clock, ids } = deps
  return {
    sessionId,
    async append(rows) {
      const checked = rows.map(checkInbound)
      return connection.write('full', (statements) =>
        appendRows(statements, checked, { clock, ids }),
      )
    },
    cursor: async () => connection.read(readCursor),
    largestSeq: async () => connection.read(readLargestSeq),
    async take(rows, { acks = [], notices = [] } = {}) {
      const checked = notices.map(checkInbound)
      const durable = checked.length > 0 || rows.some(({ status }) => status === 'sending')
      return connection.write(durable ? 'full' : 'normal', (statements) => ({
        ...takeRows(statements, rows),
        ended: endReported(statements, acks),
        notices: appendRows(statements, checked, { clock, ids }),
      }))
    },
    unfinishedPlaces: async () =>
      connection.read(({ unfinishedPlaces }) => unfinishedPlaces().all().map(toPlace)),
    unfinished: async (place, limit, now = endOfTime) =>
      connection.read(({ unfinished }) =>
        unfinished()
          .all({ ...placeColumns(place), limit, now })
          .map(toDelivery),
      ),
    putOffUntil: async (place, now) =>
      connection.read(
        ({ putOff }) => putOff().get({ ...placeColumns(place), now })?.nextAttemptAt ?? null,
      ),
    delivery: async (id) =>
      connection.read(({ delivery }) => {
        const row = delivery().get({ id })
        return row === undefined ? undefined : toDelivery(row)
      }),
    async settle(id, change, notices = []) {
      const checked = notices.map(checkInbound)
      const durable = checked.length > 0 || change.status === 'sending'
      return connection.write(durable ? 'full' : 'normal', (statements) => {
        const settled = settleDelivery(statements, id, change, timestamp(clock))
        appendRows(statements, checked, { clock, ids })
        return settled
      })
    },
    settlePart: async (id, part, change) =>
      connection.write(change.status === 'sending' ? 'full' : 'normal', (statements) =>
        settlePart(statements, id, part, change),
      ),
    parts: async (id) => connection.read((statements) => readParts(statements, id)),
    pending: async (limit) =>
      connection.read(({ pending }) => pending().all({ limit }).map(toPending)),
    wanting: async (limit) =>
      connection.read(({ wanting }) => wanting().all({ limit }).map(toPending)),
    end: async (rowIds, status) =>
      connection.write('normal', ({ endPending }) => {
        for (const id of rowIds) endPending().all({ id, status })
      }),
    countTry: async (rowIds) =>
      connection.write('normal', ({ countTry }) => {
        for (const id of rowIds) countTry().run({ id })
      }),
    async project(projection) {
      if (!connection.read((statements) => isOutdated(statements, projection))) return false
      connection.write('normal', (statements) => writeProjection(statements, projection))
      return true
    },
    close: async () => connection.close(),
  }
}
