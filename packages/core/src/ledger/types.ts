import type { AckStatus, DeliveryStatus, Origin } from '@nanoclaw/schema'
import type { Appended, NewInbound, PendingRow } from '../mailbox/inbound-types.ts'

/** A row as the outbound reader returns it: checked for form and size, trusted for nothing. */
export interface OutboundRow {
  readonly id: string
  readonly seq: number
  readonly kind: string
  readonly inReplyTo: string | null
  /** The turn that it was written in. */
  readonly turnId: string | null
  readonly timestamp: string
  readonly deliverAfter: string | null
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly threadId: string | null
  readonly content: string
  /** The bytes of its content, where these are more than are taken: `content` is `''` then. */
  readonly tooLong?: number | undefined
}

/** An acknowledgement as the outbound reader returns it. */
export interface OutboundAck {
  readonly messageId: string
  readonly status: AckStatus
  readonly turnId: string | null
  /** The container that said so, as it says. */
  readonly epoch: number | null
  /** How often its turn has been claimed, and when it was last; null where the turn is not known. */
  readonly claims: number | null
  readonly claimedAt: string | null
  /** Text of the turn's error, when it failed; at most 2,000 characters. */
  readonly error: string | null
}

/**
 * The host's own copy of an outbound row, with what became of it. An odd `seq` is the container's, an
 * even one the host's: a message of its own.
 */
export interface Delivery extends Omit<OutboundRow, 'timestamp' | 'deliverAfter' | 'tooLong'> {
  readonly status: DeliveryStatus
  /** Tries that have not delivered it, of each of its parts; anew when a person has it sent again. */
  readonly attempts: number
  /** How often it was unknown whether a send had happened. */
  readonly ambiguousCount: number
  readonly nextAttemptAt: string | null
  readonly platformMessageId: string | null
  readonly deliveredAt: string | null
  readonly error: string | null
  /** The row's own timestamp, as the container says; null for a message of the host's own. */
  readonly writtenAt: string | null
  /** When the host took it, or made it; null for what an earlier version took. */
  readonly takenAt: string | null
  /** When it first became `sending`, and last. */
  readonly firstSentAt: string | null
  readonly lastSentAt: string | null
  /** When a person was asked whether it arrived; null where nobody is. */
  readonly askedAt: string | null
}

/** A row to be copied into the ledger, and the state it begins in. */
export interface TakenRow {
  readonly row: OutboundRow
  readonly status: 'queued' | 'sending' | 'refused' | 'failed'
  readonly nextAttemptAt?: string | undefined
  readonly error?: string | undefined
}

/** What the host says in a chat when it cannot answer, and when it can again. */
export interface ChatWords {
  /** Of a message that got no answer, and gets none. */
  readonly unanswered: string
  /** Of messages that wait until something is mended. */
  readonly waiting: string
  readonly recovered: string
}

/** What the host says to somebody who has spoken to it. */
export interface HostWords {
  /** As ids are, with `out-`: the same whenever the same is to be said, so that it is said once. */
  readonly id: string
  readonly text: string
  /** Where they spoke. */
  readonly origin: Origin
}

/** What a `say` did. */
export interface SaidWords {
  /** `duplicate`: it had been said before, and nothing was done. */
  readonly outcome: 'accepted' | 'duplicate'
  readonly appended: readonly Appended[]
  /** The message that was made: `queued`, to be sent like others. */
  readonly said: readonly Delivery[]
}

/** What is committed in one transaction with rows that are taken. */
export interface TakenAlong {
  readonly acks?: readonly OutboundAck[]
  readonly notices?: readonly NewInbound[]
  /** What to say in the chats of the rows that end. Default: nothing. */
  readonly chat?: ChatWords | undefined
}

/** What a `take` did. */
export interface Taken {
  /** The copies, in `seq` order. */
  readonly deliveries: readonly Delivery[]
  /**
   * Ids that are in the ledger already under another `seq`: what no runner writes. These rows were
   * passed over, and the first to use the id stays as it is.
   */
  readonly repeated: readonly string[]
  /** The inbound rows that the acknowledgements ended. */
  readonly ended: readonly PendingRow[]
  readonly notices: readonly Appended[]
  /** The host's own messages that were made: `queued`, to be sent like others. */
  readonly said: readonly Delivery[]
}

/** What is committed in one transaction with a change of a delivery. */
export interface SettledAlong {
  readonly notices?: readonly NewInbound[]
  /** What becomes of its parts, as in `settleParts`. */
  readonly parts?: readonly PartChange[]
  /** Whether a power cut must not take it back, whatever the change is. Default false. */
  readonly durable?: boolean
}

/** A change of one delivery. What is left out stays. */
export interface DeliveryChange {
  readonly status: DeliveryStatus
  readonly attempts?: number | undefined
  readonly ambiguousCount?: number | undefined
  readonly nextAttemptAt?: string | null | undefined
  readonly platformMessageId?: string | undefined
  readonly error?: string | null | undefined
  /** Set when a person is asked; a new `sending` clears it. */
  readonly askedAt?: string | null | undefined
}

/** What became of one part of a delivery that is several platform messages. What is left out stays. */
export interface PartChange {
  /** Counted from 0. */
  readonly part: number
  readonly status: DeliveryStatus
  /** The part as JSON text: to be given with its beginning, since it is fixed before its first send. */
  readonly content?: string | undefined
  readonly platformMessageId?: string | undefined
  readonly attempts?: number | undefined
  readonly ambiguousCount?: number | undefined
  readonly error?: string | null | undefined
}

/** One part of a delivery, counted from 0. */
export interface DeliveryPart {
  readonly part: number
  readonly status: DeliveryStatus
  /** The part as JSON text; null for what an earlier version began. */
  readonly content: string | null
  readonly platformMessageId: string | null
  readonly attempts: number
  readonly ambiguousCount: number
  /** When it first became `sending`, and last. */
  readonly firstSentAt: string | null
  readonly lastSentAt: string | null
  readonly error: string | null
}

/** Which deliveries to list. */
export interface DeliveryFilter {
  /** Default: all. */
  readonly statuses?: readonly DeliveryStatus[] | undefined
  readonly limit: number
}
