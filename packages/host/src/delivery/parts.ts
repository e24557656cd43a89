import type { TextPart } from '@nanoclaw/adapters'
import type { Delivery, DeliveryPart, PartChange } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import type { Head, Part } from './head.ts'
import { splitText } from './split-text.ts'

function writePart(text: string): string {
  const part: TextPart = { type: 'text', text }
  return JSON.stringify(part)
}

function readPart(content: string): TextPart {
  const part: unknown = JSON.parse(content)
  if (typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string')
    return { type: 'text', text: part.text }
  throw new NanoclawError('bad-content', 'expected a part of the ledger to be a text')
}

function known(part: DeliveryPart, fallback: string | undefined): Part {
  const { part: number, status, platformMessageId, ambiguousCount, firstSentAt } = part
  const content: TextPart =
    part.content === null ? { type: 'text', text: fallback ?? '' } : readPart(part.content)
  return { number, content, status, platformMessageId, ambiguousCount, firstSentAt }
}

/** What the ledger is to be told of a text that goes out in pieces: those it does not know yet. */
function beginnings(
  pieces: readonly string[],
  stored: readonly DeliveryPart[],
  inFlight: boolean,
): readonly PartChange[] {
  return pieces.slice(stored.length).map((text, at) => ({
    part: stored.length + at,
    status: at === 0 && inFlight ? 'sending' : 'queued',
    content: writePart(text),
  }))
}

/** The parts that the ledger has, as they are. */
export async function readParts(
  { delivery }: Head,
  ledger: Pick<PartsLedger, 'parts'>,
): Promise<readonly Part[]> {
  const stored = await ledger.parts(delivery.id)
  return stored.map((part) => known(part, undefined))
}

/** Whether a delivery has been called for as one message. */
function wasSentWhole({ firstSentAt, status }: Delivery): boolean {
  return firstSentAt !== null && status !== 'queued' && status !== 'retrying'
}

/** Where parts are read and begun. */
export interface PartsLedger {
  parts(messageOutId: string): Promise<readonly DeliveryPart[]>
  settleParts(messageOutId: string, changes: readonly PartChange[]): Promise<void>
}

/**
 * The parts that a delivery goes out in, none where it is one message. They are fixed in the ledger
 * before the first is sent, so that no later limit of the channel shifts them.
 */
export async function planParts(
  head: Head,
  text: string,
  textLength: number,
  ledger: PartsLedger,
): Promise<readonly Part[]> {
  const { delivery, isNew } = head
  const stored = isNew ? [] : await ledger.parts(delivery.id)
  const isOfNow = stored.length > 0 && stored.every(({ content }) => content !== null)
  if (isOfNow) return stored.map((part) => known(part, undefined))
  const pieces = splitText(text, textLength)
  // An earlier version kept of parts only those that had arrived.
  const isOld = delivery.takenAt === null
  if (stored.length === 0 && (pieces.length === 1 || (!isOld && wasSentWhole(delivery)))) return []
  const changes = beginnings(pieces, stored, isOld && delivery.status === 'sending')
  if (changes.length > 0) await ledger.settleParts(delivery.id, changes)
  const parts = await ledger.parts(delivery.id)
  return parts.map((part, at) => known(part, pieces[at]))
}
