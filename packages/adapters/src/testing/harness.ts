import type { ChannelAdapter } from '../contract/adapter.ts'
import type { MembershipEvent } from '../contract/events.ts'
import type { Origin } from '../contract/parts.ts'

/** Something that a person writes on the harness's platform. */
export interface PlatformMessage {
  /** The text as the person typed it. */
  readonly text: string
  /** The person's display name; the platform may be one where nobody can choose it. */
  readonly senderName?: string
}

/** A file that a person sends on the harness's platform, or that an adapter sent to it. */
export interface PlatformFile {
  /** Its declared name. */
  readonly name: string
  /** Its declared media type. */
  readonly mime: string
  readonly bytes: Uint8Array
}

/** One message that stands in a chat of the harness's platform because the adapter sent it. */
export interface PlatformPost {
  readonly chatId: string
  /** Null outside any thread, and always on a platform without threads. */
  readonly threadId: string | null
  /** The text as a reader sees it now: after an edit, the new one. */
  readonly text: string
  /** The id that the platform gave it, if it gives any. */
  readonly platformMessageId?: string
  /** Labels of its buttons, in order. Needed where the adapter claims buttons. */
  readonly buttons?: readonly string[]
  /** Emoji that the adapter put on it. Needed where the adapter claims reactions. */
  readonly reactions?: readonly string[]
  /** The file in it. Needed where the adapter claims files. */
  readonly file?: PlatformFile
  /**
   * How many edits and reactions by the bot the platform has taken for it, where a repeated one
   * counts, also where a reader sees no difference. Left out: whether a key shows a change only once is seen only where the change itself shows twice.
   */
  readonly changes?: number
}

/** What goes wrong on the platform with the next send. */
export type PlatformFault =
  /** Refused before anything left: the connection is refused. */
  | 'refuse'
  /** Refused with a request to wait `RATE_LIMIT_MS`. */
  | 'rate-limit'
  /** Refused as too fast, without a word about how long to wait. */
  | 'rate-limit-bare'
  /** Answered as the platform answers when it is broken (HTTP 5xx), and treated as it treats it. */
  | 'server-error'
  /** The connection is cut while the request is under way; it is not taken. */
  | 'cut'
  /** Taken and shown, and then the connection is cut: the answer is lost. */
  | 'lose-answer'
  /** Not taken, and no answer ever comes. */
  | 'hang'
  /** The chat is gone: nothing will ever be taken. */
  | 'gone'

/** Parts of the suite that a platform may really be unable to play; see `without`. */
export type ConformanceFacet =
  | PlatformFault
  | 'confirmation'
  | 'redelivery'
  | 'duplicates'
  | 'reordering'
  | 'crash'
  | 'echo'
  | 'outage'
  | 'revoked'
  | 'edit-events'
  | 'delete-events'
  | 'reaction-events'
  | 'membership-events'
  | 'attachments'
  | 'downloads'
  | 'replies'
  | 'mentions'
  | 'direct'
  | 'elsewhere'
  | 'bots'
  | 'unreadable'
  | 'broken-updates'
  | 'clock'

/**
 * The far side of an adapter, played by a test double of its platform. Two functions are needed
 * for a first run; each of the others is asked for by name by the tests that need it. What stands
 * under "where claimed" is needed only where `capabilities` claim it.
 */
export interface ConformancePlatform {
  /**
   * A person writes into the chat of `origin`. Resolves with an id for this message as soon as the
   * platform has it, **without** waiting for the adapter. The other functions take this id.
   */
  sendMessage(message: PlatformMessage): Promise<string>
  /** The bot's messages as they stand in all its chats now, oldest first: one entry for each. */
  received(): readonly PlatformPost[]
  /** Resolves when the platform has nothing left to push. The suite waits 25 ms besides. */
  idle?(): Promise<void>

  /** Ids of the messages that the adapter has confirmed. Facet `confirmation`. */
  confirmed?(): readonly string[]
  /** Sends what was not confirmed again, as after a reconnect. Facet `redelivery`. */
  redeliver?(): Promise<void>
  /**
   * Sends the update of this message again although it was confirmed. A platform that repeats only
   * along with another update needs one that is not handed over, such as the bot's own. Facet
   * `duplicates`.
   */
  repeat?(id: string): Promise<void>
  /** Messages written in this order, whose updates come in the reverse one. Facet `reordering`. */
  sendReordered?(messages: readonly PlatformMessage[]): Promise<readonly string[]>
  /**
   * The adapter's process has died without `stop()`: gives the adapter that the next one makes, on
   * the same platform, not started. What the dead one still does through its context comes to
   * nothing; cut what connections it has besides `ctx.fetch`. Facet `crash`.
   */
  restart?(): ChannelAdapter | Promise<ChannelAdapter>
  /** The next send meets this fault. Facet: the fault's name. */
  fail?(fault: PlatformFault): void
  /** Whether the platform also sends the bot its own messages; then set it up to. Facet `echo`. */
  readonly echoes?: boolean
  /** Cuts the platform off, or brings it back. Facet `outage`. */
  setReachable?(reachable: boolean): void
  /**
   * From now on asking for updates fails (a 5xx, a socket that closes at once), a request that waits
   * for some is cut, and everything else works. Facet `broken-updates`.
   */
  breakUpdates?(): void
  /** From now on the platform refuses the adapter's token. Facet `revoked`. */
  revoke?(): void
  /** The platform's clock goes on by so many milliseconds at once. Facet `clock`. */
  skipTime?(ms: number): void
  /** How many requests it has had. Default: how often the adapter called `ctx.fetch`. */
  requests?(): number

  /** The person changes that message. Facet `edit-events`. */
  editMessage?(id: string, text: string): Promise<void>
  /** The person deletes that message. Facet `delete-events`. */
  deleteMessage?(id: string): Promise<void>
  /**
   * The person puts a reaction on that message, or that post of the adapter's, or takes it away.
   * Facet `reaction-events`.
   */
  react?(to: string | PlatformPost, emoji: string, removed: boolean): Promise<void>
  /** Another person of that name comes or goes. Facet `membership-events`. */
  changeMembership?(change: MembershipEvent['change'], name: string): Promise<void>
  /** The person sends a file. Facet `attachments`. */
  sendFile?(file: PlatformFile): Promise<string>
  /** How many files the adapter has begun to fetch. Facet `downloads`. */
  downloads?(): number
  /** The person answers that message, or that post of the adapter's. Facet `replies`. */
  sendReply?(message: PlatformMessage, to: string | PlatformPost): Promise<string>
  /** The person calls the bot by name in this message. Facet `mentions`. */
  sendMention?(message: PlatformMessage): Promise<string>

  /** The person writes to the bot alone. Facet `direct`; not needed where `origin` is such a chat. */
  sendDirect?(message: PlatformMessage): Promise<string>
  /** The person writes into another chat, of any kind. Default `sendDirect`. Facet `elsewhere`. */
  sendElsewhere?(message: PlatformMessage): Promise<string>
  /** Another bot writes into that chat. Facet `bots`. */
  sendAsBot?(message: PlatformMessage): Promise<string>
  /**
   * Something happens of which the adapter's code knows nothing, or not in that shape, and somewhere
   * in it stands this text: no log line may hold it. Facet `unreadable`.
   */
  sendUnreadable?(text: string): Promise<void>

  /** Where threads are claimed: the person writes in a thread of that chat. */
  sendInThread?(message: PlatformMessage): Promise<string>
  /** Where buttons are claimed: the person presses the one with this label. */
  pressButton?(post: PlatformPost, label: string): Promise<void>
  /** Where typing is claimed: how often it was shown that somebody writes. */
  typings?(): number
  /** Where receipts are claimed: the platform reports what became of that post. */
  settle?(post: PlatformPost, outcome: 'delivered' | 'failed'): Promise<void>
  /** Where the adapter has `resolve()`: the name under which it finds the chat of `origin`. */
  readonly originName?: string
}

/** One adapter, not started, and its platform. Every test gets fresh ones. */
export interface ConformanceHarness {
  readonly adapter: ChannelAdapter
  readonly platform: ConformancePlatform
  /** A chat that exists, where people write and the adapter may send. */
  readonly origin: Origin
  /** What the adapter gets as `ctx.fetch`. Default the system's. */
  readonly fetch?: typeof fetch
  /** What must stand in no log line besides texts of messages, such as the token. Default nothing. */
  readonly secrets?: readonly string[]
  /** Ends what the harness itself started. */
  dispose?(): Promise<void>
}

/** What a caller of the suite chooses. */
export interface ConformanceOptions {
  /**
   * What the platform cannot play. The tests that need it are left out of the list;
   * `leftOutOfConformance` names them. A harness that lacks a function and does not say so here
   * fails.
   */
  readonly without?: readonly ConformanceFacet[]
  /**
   * Longest wait for something that was promised, in milliseconds. Default 5,000. For the harness
   * itself it is this and `slowMs`, and at least 5,000.
   */
  readonly patienceMs?: number
  /** How long a slow host takes for one hand-over, in milliseconds. Default 10,000. */
  readonly slowMs?: number
}

/** One promise of the contract, as a test for any runner. */
export interface ConformanceTest {
  /**
   * The promise. An id in brackets, as `[L3]`, is the row of
   * https://github.com/nanoclaw/nanoclaw/blob/main/docs/pitfalls.md that it keeps from happening.
   */
  readonly name: string
  /**
   * Settles in a time that the patience bounds, whatever adapter and harness do. Rejects with an `AssertionError` when the adapter breaks it: what the adapter did, what was
   * promised, why it is needed. One that begins with "The harness" is about the harness.
   */
  run(): Promise<void>
}

/** How long the fault `rate-limit` asks to wait, in milliseconds: whole seconds, as headers are. */
export const RATE_LIMIT_MS = 7_000
