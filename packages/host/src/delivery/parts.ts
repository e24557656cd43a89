import type { TextPart } from '@nanoclaw/adapters'
import type { Mailbox, PartChange } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import type { Head, Part } from './head.ts'
import { splitText } from './split-text.ts'

function writePart(text: string): string {
  const part: TextPart = { type: 'text', text }
  return JSON.stringify(part)
}

/** What is sent of a part. Throws `bad-content` for what this host has not written. */
export function readPart(content: string): TextPart {
  const part: unknown = JSON.parse(content)
  if (typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string')
    return { type: 'text', text: part.text }
  throw new NanoclawError('bad-content', 'expected a part of the ledger to be a text')
}

/** The parts that the ledger has, as they are. */
export async function readParts(
  { delivery }: Head,
  ledger: Pick<Mailbox, 'parts'>,
): Promise<readonly Part[]> {
  const stored = await ledger.parts(delivery.id)
  return stored.map(({ part, lastSentAt: _at, error: _error, ...rest }) => ({
    number: part,
    ...rest,
  }))
}

/**
 * What the ledger is to be told of a text that goes out in pieces, before the first is sent, so that
 * no later limit of the channel shifts them; nothing for one message, and for parts that are there.
 */
export function beginnings(
  { delivery, isAnnounced, parts = [] }: Head,
  text: string,
  textLength: number,
): readonly PartChange[] {
  // An earlier version kept of parts only those that had arrived, without what they say.
  if (parts.length > 0 && parts.every(({ content }) => content !== null)) return []
  // Its key stands for all of it.
  const wasSentWhole = parts.length === 0 && delivery.firstSentAt !== null
  if (wasSentWhole || isAnnounced) return []
  const pieces = splitText(text, textLength)
  if (parts.length === 0 && pieces.length === 1) return []
  const mayBeSent = delivery.status === 'sending' || delivery.status === 'ambiguous'
  return pieces.slice(parts.length).map((piece, at) => ({
    part: parts.length + at,
    status: at === 0 && mayBeSent ? 'sending' : 'queued',
    content: writePart(piece),
  }))
}
