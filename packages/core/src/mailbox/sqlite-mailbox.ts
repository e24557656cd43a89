import type { Place } from '@nanoclaw/schema'
import { readCursor, readLargestSeq } from './append-rows.ts'
import { readEvents } from './event-rows.ts'
import type { Mailbox } from './mailbox.ts'
import { isOutdated, writeProjection } from './project-session.ts'
import { recordedWrites, toPending, type MailboxDeps } from './recorded-writes.ts'
import { readParts, settlePart } from './settle-part.ts'
import { placeColumns, toDelivery } from './take-rows.ts'

// Later than every moment that can be written in the protocol's form.
const endOfTime = '~'

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
  const { sessionId, connection } = deps
  const close = async () => connection.close()
  return {
    sessionId,
    ...recordedWrites(deps),
    cursor: async () => connection.read(readCursor),
    largestSeq: async () => connection.read(readLargestSeq),
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
    settlePart: async (id, part, change) =>
      connection.write(change.status === 'sending' ? 'full' : 'normal', (statements) =>
        settlePart(statements, id, part, change),
      ),
    parts: async (id) => connection.read((statements) => readParts(statements, id)),
    pending: async (limit) =>
      connection.read(({ pending }) => pending().all({ limit }).map(toPending)),
    wanting: async (limit) =>
      connection.read(({ wanting }) => wanting().all({ limit }).map(toPending)),
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
    close,
    [Symbol.asyncDispose]: close,
  }
}
