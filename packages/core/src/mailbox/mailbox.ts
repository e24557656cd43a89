import type {
  AckStatus,
  DeliveryStatus,
  InboundKind,
  InboundStatus,
  Origin,
  Place,
} from '@nanoclaw/schema'
import type { MailboxEvent } from '../events/types.ts'

/** A row to be appended for the agent. */
export interface NewInbound {
  readonly kind: InboundKind
  /** Of that kind's form (session protocol §5); it is checked again here. */
  readonly content: unknown
  /** Where it came from, or null for what came from no place (tasks, system rows). */
  readonly origin: Origin | null
  readonly platformMessageId?: string | undefined
  /** The same key twice makes one row. */
  readonly dedupeKey?: string | undefined
  /** Not before this moment (ISO-8601 UTC). */
  readonly processAfter?: string | undefined
  /** False: context for the next turn, wakes nobody. Default true. */
  readonly trigger?: boolean | undefined
  readonly onWake?: boolean | undefined
  readonly sourceSessionId?: string | undefined
  readonly hops?: number | undefined
}

/** What became of an append: a new row, or the row that the same key made before. */
export interface Appended {
  readonly outcome: 'accepted' | 'duplicate'
  readonly id: string
  readonly seq: number
}

/** A row as the outbound reader returns it: checked for form and size, trusted for nothing. */
export interface OutboundRow {
  readonly id: string
  readonly seq: number
  readonly kind: string
  readonly inReplyTo: string | null
  readonly timestamp: string
  readonly deliverAfter: string | null
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly threadId: string | null
  readonly content: string
}

/** An acknowledgement as the outbound reader returns it. */
export interface OutboundAck {
  readonly messageId: string
  readonly status: AckStatus
  readonly turnId: string | null
  /** The container that said so, as it says. */
  readonly epoch: number | null
  /** Text of the turn's error, when it failed; at most 2,000 characters. */
  readonly error: string | null
}

/** The host's own copy of an outbound row, with what became of it. */
export interface Delivery extends Omit<OutboundRow, 'inReplyTo' | 'timestamp' | 'deliverAfter'> {
  readonly status: DeliveryStatus
  /** Tries that are known to have sent nothing. */
  readonly attempts: number
  readonly ambiguousCount: number
  readonly nextAttemptAt: string | null
  readonly platformMessageId: string | null
  readonly deliveredAt: string | null
  readonly error: string | null
}

/** A row to be copied into the ledger, and the state it begins in. */
export interface TakenRow {
  readonly row: OutboundRow
  readonly status: 'queued' | 'sending' | 'refused' | 'failed'
  readonly nextAttemptAt?: string | undefined
  readonly error?: string | undefined
}

/** What is committed in one transaction with rows that are taken. */
export interface TakenAlong {
  readonly acks?: readonly OutboundAck[]
  readonly notices?: readonly NewInbound[]
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
}

/** A change of one delivery. What is left out stays. */
export interface DeliveryChange {
  readonly status: DeliveryStatus
  readonly attempts?: number | undefined
  readonly ambiguousCount?: number | undefined
  readonly nextAttemptAt?: string | null | undefined
  readonly platformMessageId?: string | undefined
  readonly error?: string | null | undefined
}

/** What became of one part of a delivery that is several platform messages. */
export interface PartChange {
  readonly status: DeliveryStatus
  readonly platformMessageId?: string | undefined
}

/** One part of a delivery, counted from 0. */
export interface DeliveryPart {
  readonly part: number
  readonly status: DeliveryStatus
  readonly platformMessageId: string | null
}

/** An inbound row that has not ended. */
export interface PendingRow {
  readonly id: string
  readonly seq: number
  readonly kind: string
  readonly origin: Origin | null
  readonly processAfter: string | null
  readonly trigger: boolean
  readonly tries: number
}

/** One entry of the address book as the agent sees it. */
export interface ProjectedDestination {
  readonly name: string
  readonly displayName: string
  readonly type: 'channel' | 'agent'
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly agentGroupId: string | null
}

/** What the runner is told besides messages. */
export interface SessionProjection {
  readonly destinations: readonly ProjectedDestination[]
  /** The place the conversation is in, if it is in one. */
  readonly routing: Origin | null
  readonly unaddressedOutput: 'scratchpad' | 'origin'
}

/**
 * The host's side of one session: it appends rows for the agent, copies what the agent said into
 * its own ledger, and records what became of each. One method call is one transaction. A method
 * that meets a lock of somebody else rejects with an error that `isBusy` of `@nanoclaw/schema`
 * recognises and has changed nothing; the caller tries again.
 *
 * Every method throws `closed` after `close`.
 */
export interface Mailbox {
  readonly sessionId: string

  /**
   * Durable (fully synced) when it resolves. Rows get the next even `seq`, in the order given. Throws
   * `bad-content`, `bad-option` for a row; then none is appended.
   */
  append(rows: readonly NewInbound[]): Promise<readonly Appended[]>

  /** The largest outbound `seq` that has been copied; 0 when none has. */
  cursor(): Promise<number>
  /** The largest `seq` known of either side. */
  largestSeq(): Promise<number>
  /**
   * One transaction: copies outbound rows, which must be in `seq` order and above the cursor, and
   * moves the cursor past them, and past those whose id is known under another `seq`; copies the ends that the runner reported (`completed`, `failed`),
   * verbatim; appends the notices that follow from them. Durable when a row begins as `sending` or
   * there are notices; else it survives a kill.
   */
  take(rows: readonly TakenRow[], also?: TakenAlong): Promise<Taken>

  /** Where deliveries that have not ended go to. By index: O(unfinished). */
  unfinishedPlaces(): Promise<readonly Place[]>
  /**
   * Deliveries to a place that have not ended, in `seq` order, at most `limit`. By index. With `now`
   * (ISO-8601 UTC), without those put off: `queued`, with a `nextAttemptAt` later than that.
   */
  unfinished(place: Place, limit: number, now?: string): Promise<readonly Delivery[]>
  /** The earliest `nextAttemptAt` later than `now` of what is `queued` to a place; null: none. */
  putOffUntil(place: Place, now: string): Promise<string | null>
  /** Undefined for a row that has not been taken. */
  delivery(messageOutId: string): Promise<Delivery | undefined>
  /**
   * One transaction: records what became of a delivery, and appends the notices that follow from
   * it. Durable when it becomes `sending` or there are notices. Throws `not-found` for a row that has
   * not been taken, `bad-content` and `bad-option` for a notice.
   */
  settle(
    messageOutId: string,
    change: DeliveryChange,
    notices?: readonly NewInbound[],
  ): Promise<Delivery>
  /**
   * One transaction: records what became of one part of a delivery; what is left out stays. Durable
   * when it becomes `sending`. Throws `not-found` for a row that has not been taken.
   */
  settlePart(messageOutId: string, part: number, change: PartChange): Promise<void>
  /** The parts of a delivery that something is known of, in order; none for most. */
  parts(messageOutId: string): Promise<readonly DeliveryPart[]>

  /** Rows whose status is `pending`, in `seq` order, at most `limit`. By index: O(pending). */
  pending(limit: number): Promise<readonly PendingRow[]>
  /** Those of them that want an answer, now or later: context rows left out. By index. */
  wanting(limit: number): Promise<readonly PendingRow[]>
  /** Ends rows without the runner's word. */
  end(ids: readonly string[], status: Exclude<InboundStatus, 'pending' | 'paused'>): Promise<void>
  /** Adds one to `tries` of rows that a dead runner held. */
  countTry(ids: readonly string[]): Promise<void>

  /** Replaces address book, routing and settings, in one transaction; no write if nothing changed. */
  project(projection: SessionProjection): Promise<boolean>

  /**
   * What has happened here above a stamp, in order, at most `limit`; by index. Each was written in
   * the transaction of what it tells of: `append` and notices give `accepted`, `take` gives
   * `delivery` for each new copy and `turn` for the rows that ended (one for each turn and status),
   * `settle` gives `delivery`, `end` gives `turn`. For whoever subscribes; may be asked through a
   * mailbox of one's own beside the one that is in use.
   */
  events(after: number, limit: number): Promise<readonly MailboxEvent[]>

  /** May be called again. */
  close(): Promise<void>
  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Opens mailboxes; one per session at a time, the caller's to close. A store gets its stamps for
 * events from the core (`EventRecorder`), so that they are one line for the home.
 */
export interface MailboxStore {
  /** Makes a session's folders and files, durably; does nothing where they are. */
  init(agentGroupId: string, sessionId: string): Promise<void>
  /** Makes what is missing of the session before. */
  open(agentGroupId: string, sessionId: string): Promise<Mailbox>
  /** For reading: makes nothing. Undefined where the session has no mailbox, or none any more. */
  openExisting(agentGroupId: string, sessionId: string): Promise<Mailbox | undefined>
}
