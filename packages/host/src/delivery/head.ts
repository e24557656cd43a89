import type { TextPart } from '@nanoclaw/adapters'
import type { Delivery } from '@nanoclaw/core'
import type { DeliveryStatus } from '@nanoclaw/schema'

/** One platform message of a delivery. */
export interface Part {
  /** Counted from 0. */
  readonly number: number
  readonly content: TextPart
  readonly status: DeliveryStatus
  readonly platformMessageId: string | null
  readonly ambiguousCount: number
  readonly firstSentAt: string | null
}

/** A delivery that is sent now, or tried again later, and what this process alone knows of it. */
export interface Head {
  delivery: Delivery
  /** Just taken: there are no parts of it in the ledger. */
  isNew: boolean
  /** Committed as `sending` by this process, and not called yet. */
  isAnnounced: boolean
  /** Its parts as the ledger has them, in order; none: it is one message. Undefined: not read yet. */
  parts: readonly Part[] | undefined
  /** An earlier call may have sent the current part, and nothing has told since. */
  isInDoubt: boolean
  /** What is in doubt has just been decided: it is sent again without another look-up. */
  isDecided: boolean
  /** Why the outcome of this process's own call is unknown. */
  unknownReason: string | undefined
  /** When this process first called for the current part, on the monotonic clock. */
  firstCallMs: number | undefined
  /** Tries that were used up when the part before the current one arrived. */
  triesBefore: number
  /** Keys that this process has called with. */
  readonly keys: Set<string>
}

/** `isNew`: it has just been taken. */
export function newHead(delivery: Delivery, isNew: boolean, isAnnounced: boolean): Head {
  return {
    delivery,
    isNew,
    isAnnounced,
    parts: undefined,
    isInDoubt: false,
    isDecided: false,
    unknownReason: undefined,
    firstCallMs: undefined,
    triesBefore: 0,
    keys: new Set(),
  }
}

/** The part that is sent next; undefined: all have arrived. A delivery without parts has one. */
export function currentPart(head: Head, text: string): Part | undefined {
  const { delivery, parts = [] } = head
  if (parts.length > 0) return parts.find(({ status }) => status !== 'delivered')
  const { status, platformMessageId, ambiguousCount, firstSentAt } = delivery
  const content: TextPart = { type: 'text', text }
  return { number: 0, content, status, platformMessageId, ambiguousCount, firstSentAt }
}

/** How often it was unknown whether something had been sent. */
export function ambiguousCountOf({ delivery, parts = [] }: Head): number {
  const ofParts = parts.reduce((sum, { ambiguousCount }) => sum + ambiguousCount, 0)
  return Math.max(delivery.ambiguousCount, ofParts)
}

/** Committed as `sending`, and nobody can say what came of it. */
export function isUnsettled({ delivery, isAnnounced }: Head): boolean {
  return delivery.status === 'sending' && !isAnnounced
}
