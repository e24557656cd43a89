import type { InboundStatus, Origin, Place } from '@nanoclaw/schema'
import type { MailboxEvent } from '../events/types.ts'
import type {
  ChatWords,
  Delivery,
  DeliveryChange,
  DeliveryFilter,
  DeliveryPart,
  HostWords,
  PartChange,
  SaidWords,
  SettledAlong,
  Taken,
  TakenAlong,
  TakenRow,
} from '../ledger/types.ts'
import type { Prunable, PruneRequest, Removed } from '../retention/types.ts'
import type { Appended, NewInbound, PendingRow } from './inbound-types.ts'

/** An inbound row, whatever has become of it. */
export interface InboundRecord extends PendingRow {
  readonly status: InboundStatus
  /** When it was appended (ISO-8601 UTC). */
  readonly timestamp: string
  readonly platformMessageId: string | null
  /** Of a chat's row: who has written it, by the platform's id of them. */
  readonly senderId: string | null
  /** Of mail: the session that sent it. */
  readonly sourceSessionId: string | null
  /** Of mail: how many messages of agents had been answered one by the next, this one included; else 0. */
  readonly hops: number
}

/** What a rerun made of a row: it waits again under its id, or a copy of it does. */
export interface Rerun {
  readonly outcome: 'pending' | 'appended'
  readonly id: string
  readonly seq: number
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
  readonly onInterrupted: 'rerun' | 'ask'
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
   * moves the cursor past them, and past those whose id is known under another `seq`; copies the
   * ends that the runner reported (`completed`, `failed`), verbatim; appends the notices that follow
   * from them; with `chat`, says in the chats of the rows that ended what `end` says. Durable when a
   * row begins as `sending` or fails in a chat, or there are notices; else it survives a kill. Throws
   * `bad-content` for rows out of order or of an even `seq`, which is the host's.
   */
  take(rows: readonly TakenRow[], also?: TakenAlong): Promise<Taken>

  /**
   * Where deliveries go to that have not ended, those left out that a person is asked about. By
   * index: O(unfinished).
   */
  unfinishedPlaces(): Promise<readonly Place[]>
  /**
   * Deliveries to a place that have not ended, in `seq` order, at most `limit`. With `now` (ISO-8601
   * UTC), without those put off: `queued`, with a `nextAttemptAt` later than that. Never with those
   * that a person is asked about: `ambiguous`, with `askedAt` and without `nextAttemptAt`. Of more put
   * off that are due, those that were due first. By index, which walks neither.
   */
  unfinished(place: Place, limit: number, now?: string): Promise<readonly Delivery[]>
  /** The earliest `nextAttemptAt` later than `now` of what is `queued` to a place; null: none. By index. */
  putOffUntil(place: Place, now: string): Promise<string | null>
  /**
   * How many deliveries have not ended, those put off included, and those left out that a person is
   * asked about; counted up to `limit`. By index: O(limit).
   */
  undelivered(limit: number): Promise<number>
  /** Undefined for a row that has not been taken. */
  delivery(messageOutId: string): Promise<Delivery | undefined>
  /**
   * For listing: newest first, of each content the first 2,000 characters. By index for every status but
   * `delivered`, which most are, so that few rows are walked until `limit`.
   */
  deliveries(filter: DeliveryFilter): Promise<readonly Delivery[]>
  /** What was said in answer to a row or in one of these turns, in `seq` order. Walks the ledger. */
  answers(inboundId: string, turnIds: readonly string[]): Promise<readonly Delivery[]>
  /**
   * One transaction: records what became of a delivery and of its parts, and appends the notices that
   * follow from it. With `sending` it sets `lastSentAt`, and `firstSentAt` where that is null, and clears
   * `askedAt`. A notice in a chat that ends `failed` or `refused` has told nobody: the next trouble
   * is said anew. Durable when it or a part becomes `sending`, when there are notices,
   * and where that is asked for. Throws `not-found` for a row
   * that has not been taken, `bad-state` for a way that `deliveryTransitions` does not know,
   * `bad-content` and `bad-option` for a notice.
   */
  settle(messageOutId: string, change: DeliveryChange, also?: SettledAlong): Promise<Delivery>
  /**
   * One transaction: records what became of parts of a delivery; one that is not there yet begins, as
   * `queued` or `sending`. Durable when one becomes `sending`. Throws `not-found` for a row that has
   * not been taken, `bad-state` as `settle`.
   */
  settleParts(messageOutId: string, changes: readonly PartChange[]): Promise<void>
  /** The parts of a delivery that something is known of, in order; none for most. */
  parts(messageOutId: string): Promise<readonly DeliveryPart[]>
  /**
   * A person wants it sent (again): what has failed or was refused is `queued` anew, with the parts
   * that have arrived left out; what a person is asked about gets `nextAttemptAt` now. Of either the
   * tries are counted anew. Durable.
   * Throws `not-found`, and `bad-state` for any other.
   */
  requeue(messageOutId: string): Promise<Delivery>
  /**
   * Says to the people of each origin that their messages wait, unless they have been told of a
   * trouble that is not over, or it is no chat. Of the threads of one chat the first five are told in
   * themselves, in the order given; the others by one message in the chat. Durable. What was made is
   * `queued`, to be sent like others.
   */
  tellUnanswered(origins: readonly Origin[], text: string): Promise<readonly Delivery[]>
  /**
   * One transaction: says something to somebody who has spoken to the host, where they spoke, and
   * appends the rows that follow from it; it answers the first of them. Nothing happens where a message
   * of the host's own has that id. Durable. Throws as `append` for a row.
   */
  say(words: HostWords, rows?: readonly NewInbound[]): Promise<SaidWords>

  /** Rows whose status is `pending`, in `seq` order, at most `limit`. By index: O(pending). */
  pending(limit: number): Promise<readonly PendingRow[]>
  /** Those of them that want an answer, now or later: context rows left out. By index. */
  wanting(limit: number): Promise<readonly PendingRow[]>
  /** Undefined for an id that there is not. */
  inbound(id: string): Promise<InboundRecord | undefined>
  /**
   * Ends rows, `pending` or `paused`, without the runner's word. With `chat`, as in `take`: a row of
   * a chat that ends `failed` says `unanswered` there, unless that has been said; one that ends
   * `completed` where people have been told says `recovered`. A trouble that comes back within ten
   * minutes of that is the same: it is said, but that it is over only by an answer that comes ten
   * minutes after the last failure, twice as long each time that it comes back, at most a day. Rows
   * that are mere context say nothing. Gives these messages, which are `queued`, to be sent like
   * others. Durable when rows fail in chats.
   */
  end(
    ids: readonly string[],
    status: Exclude<InboundStatus, 'pending' | 'paused'>,
    chat?: ChatWords,
  ): Promise<readonly Delivery[]>
  /**
   * Lets rows that are `pending` wait for a person's word, and gives them: of all that containers up
   * to the start `epoch` held a person has then been asked. One transaction. Durable.
   */
  pause(ids: readonly string[], epoch: number): Promise<readonly PendingRow[]>
  /** The largest epoch that `pause` was given; 0 for none. */
  askedEpoch(): Promise<number>
  /** Those that wait for a person's word, in `seq` order, at most `limit`. Walks all rows. */
  paused(limit: number): Promise<readonly PendingRow[]>
  /**
   * A person wants it answered (again): a `paused` row is `pending` again, under its id,
   * and with it what is paused of the same origin, and of mere context that has none: they were one
   * turn. Of one that has failed and asks for an answer, a copy is appended, once. Durable. Throws
   * `not-found`, and `bad-state` for any other, and where the copy has failed itself.
   */
  rerun(id: string): Promise<Rerun>
  /** Adds one to `tries` of rows that a dead runner held. */
  countTry(ids: readonly string[]): Promise<void>

  /** Replaces address book, routing and settings, in one transaction; no write if nothing changed. */
  project(projection: SessionProjection): Promise<boolean>

  /**
   * What has happened here above a stamp, in order, at most `limit`; by index. Each was written in
   * the transaction of what it tells of: `append` and notices give `accepted`, `take` gives
   * `delivery` for each new copy and `turn` for the rows that ended (one for each turn and status),
   * `settle`, `requeue` and messages of the host's own give `delivery`, `end` gives `turn`, the copy
   * that a `rerun` makes gives `accepted`. For whoever subscribes; may be asked through a
   * mailbox of one's own beside the one that is in use.
   */
  events(after: number, limit: number): Promise<readonly MailboxEvent[]>
  /** What has happened to rows of either side, by their `seq`, in order. Walks all events. */
  eventsOf(seqs: readonly number[]): Promise<readonly MailboxEvent[]>

  /**
   * What ended before a moment (ISO-8601 UTC) and need not be kept: at most `limit` of the oldest
   * events that are older, with the rows whose end they tell of, as they are now. A row ends with its
   * own event, so one that has not ended holds up nothing. From the oldest on: O(limit), whatever
   * stays. To be archived, and given to `prune` then.
   */
  prunable(before: string, limit: number): Promise<Prunable>
  /**
   * One transaction: removes those rows that have still ended, deliveries with their parts, and the
   * events; lets the runner remove its side (`prune_through_seq`). Numbers are never given again, but
   * the dedupe keys of the rows are gone. Survives a kill; what a power cut takes back is pruned again.
   */
  prune(request: PruneRequest): Promise<Removed>

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
