import type { Delivery, DeliveryPart } from '@nanoclaw/core'
import type { RowMeaning } from './interpret-row.ts'

/** One platform message of a delivery. */
export interface Part extends Omit<DeliveryPart, 'part' | 'lastSentAt' | 'error'> {
  /** Counted from 0. */
  readonly number: number
}

/** A delivery that is sent now, or tried again later, and what this process alone knows of it. */
export interface Head {
  delivery: Delivery
  /** What its content asks for, which never changes; undefined: not read yet. */
  meaning: RowMeaning | undefined
  /** Just taken: there are no parts of it in the ledger. */
  readonly isNew: boolean
  /** Committed as `sending` by this process, and not called yet. */
  isAnnounced: boolean
  /** An earlier call for what is announced may have sent it, and nobody has decided that. */
  isStillInDoubt: boolean
  /** Its parts as the ledger has them, in order; none: it is one message. Undefined: not read yet. */
  parts: readonly Part[] | undefined
  /** When this process first called for a part, on the monotonic clock. */
  firstCall: { readonly part: number; readonly ms: number } | undefined
  /** Keys that this process has called with. */
  readonly keys: Set<string>
}

/** `isNew`: it has just been taken. */
export function newHead(delivery: Delivery, isNew: boolean, isAnnounced: boolean): Head {
  return {
    delivery,
    meaning: undefined,
    isNew,
    isAnnounced,
    isStillInDoubt: false,
    parts: isNew ? [] : undefined,
    firstCall: undefined,
    keys: new Set(),
  }
}

/** All of a delivery; one that is a single message has a single part, that of the delivery itself. */
export function allParts({ delivery, parts = [] }: Head): readonly Part[] {
  if (parts.length > 0) return parts
  const { status, platformMessageId, attempts, ambiguousCount, firstSentAt } = delivery
  const counts = { attempts, ambiguousCount }
  return [{ number: 0, content: null, status, platformMessageId, ...counts, firstSentAt }]
}

/** The part that is sent next; undefined: all have arrived. */
export function currentPart(head: Head): Part | undefined {
  return allParts(head).find(({ status }) => status !== 'delivered')
}

/** Committed as `sending`, and nobody can say what came of it: an earlier process's call. */
export function isUnsettled(head: Head): boolean {
  return !head.isAnnounced && currentPart(head)?.status === 'sending'
}

/** Whether an earlier call may have sent what is not known to have arrived. `butFor`: known not to. */
export function mayHaveArrived(head: Head, butFor?: Part): boolean {
  return allParts(head).some(({ number, status, ambiguousCount }) => {
    if (number === butFor?.number || status === 'delivered') return false
    return status === 'ambiguous' || ambiguousCount > 0
  })
}
