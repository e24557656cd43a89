import type { Origin } from '@nanoclaw/schema'
import type { EventRow, MailboxFacts } from '../events/types.ts'
import type { Delivery, OutboundAck } from '../ledger/types.ts'

/** Says what happened, inside the transaction in which it does. */
export type Tell = (facts: MailboxFacts) => void

/** More of an error is not kept: events stay small. */
const longestError = 500

/** As a database keeps it: half a character becomes U+FFFD. */
function cut(error: string | null): string | null {
  return error === null ? null : error.slice(0, longestError).toWellFormed()
}

interface OriginColumns {
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly threadId: string | null
}

/** Where a row came from; null for what came from no place. */
export function toOrigin(columns: OriginColumns): Origin | null {
  const { channelType, channelInstance, platformId, threadId } = columns
  if (channelType === null || platformId === null) return null
  return { channelType, channelInstance, platformId, threadId }
}

/** A row as events name it. */
export function toEventRow(columns: OriginColumns & Omit<EventRow, 'origin'>): EventRow {
  const { id, seq, kind } = columns
  return { id, seq, kind, origin: toOrigin(columns) }
}

type Told = 'id' | 'seq' | 'status' | 'error' | 'platformMessageId' | keyof OriginColumns

/** What to tell of a delivery as it is now. */
export function deliveryFacts(delivery: Pick<Delivery, Told>): MailboxFacts {
  const { id, seq, status, threadId, channelType, channelInstance, platformId } = delivery
  const isPlace = channelType !== null && platformId !== null
  const place = isPlace ? { channelType, channelInstance, platformId } : null
  const platformMessageId = status === 'delivered' ? delivery.platformMessageId : null
  const error = cut(delivery.error)
  return { type: 'delivery', id, seq, status, place, threadId, error, platformMessageId }
}

/** A row that has ended, and the word that ended it; none where the host did. */
export interface EndedRow {
  readonly row: EventRow
  readonly status: 'completed' | 'failed'
  readonly ack?: Pick<OutboundAck, 'turnId' | 'error'> | undefined
}

/** What to tell of rows that ended in one transaction: those of a turn and a status together. */
export function turnFacts(ended: readonly EndedRow[]): readonly MailboxFacts[] {
  const turns = Map.groupBy(ended, ({ status, ack }) => `${status} ${ack?.turnId ?? ''}`)
  return [...turns.values()].flatMap((those): MailboxFacts[] => {
    const [first] = those
    if (first === undefined) return []
    const rows = those.map(({ row }) => row).sort((a, b) => a.seq - b.seq)
    const error = cut(those.find(({ ack }) => ack?.error)?.ack?.error ?? null)
    return [{ type: 'turn', status: first.status, rows, turnId: first.ack?.turnId ?? null, error }]
  })
}
