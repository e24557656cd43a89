import type { DeliveryStatus } from '@nanoclaw/schema'
import type { OutboundReader } from '../mailbox/outbound-reader.ts'
import type { Session } from '../sessions/types.ts'

/** Whose a message is, and whether it is for the agent (`in`) or of the agent (`out`). */
export interface FoundMessage {
  readonly session: Session
  readonly direction: 'in' | 'out'
}

/** How to trace. */
export interface TraceOptions {
  /** Asked for what the container says of the turn; without one, that is left out. */
  readonly reader?: OutboundReader | undefined
}

/** Where a message has come to, and when: what all hops say. */
export interface TraceMoment {
  /** ISO-8601 UTC. The clock may have jumped, so that hops seem to be out of order. */
  readonly at: string
  /** Of the row that it is about, `in-…` or `out-…`. */
  readonly id: string
  /** The number that the agent knows it by. */
  readonly seq: number
  /** What else is known, in words: an error, a place, a count; null: nothing. */
  readonly detail: string | null
}

/**
 * One step of a message's way. Of an inbound row: it was `accepted`, a runner `claimed` it, and it
 * `ended`. Of an answer: the runner has `written` it, the host has `taken` it into its ledger, and
 * each `delivery` is a state that it came into.
 */
export type TraceHop =
  | (TraceMoment & { readonly what: 'accepted' | 'written' | 'taken' })
  | (TraceMoment & { readonly what: 'claimed'; readonly turnId: string })
  | (TraceMoment & {
      readonly what: 'ended'
      readonly status: 'completed' | 'failed'
      readonly turnId: string | null
    })
  | (TraceMoment & {
      readonly what: 'delivery'
      readonly status: DeliveryStatus
      readonly platformMessageId: string | null
    })

/** What happened to a message and to those that belong to it. */
export interface MessageTrace extends FoundMessage {
  readonly id: string
  readonly hops: readonly TraceHop[]
}
