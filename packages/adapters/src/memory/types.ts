import type { ChannelAdapter, ChannelHealth } from '../contract/adapter.ts'
import type { ChannelCapabilities } from '../contract/capabilities.ts'
import type { Clock, HandOverResult } from '../contract/context.ts'
import type {
  ButtonEvent,
  DeleteEvent,
  EditEvent,
  MembershipEvent,
  MessageEvent,
  ReactionEvent,
} from '../contract/events.ts'
import type { Author, DeliveryUpdate, Origin, OutboundPart } from '../contract/parts.ts'

/** What a caller of `createMemoryAdapter` chooses. */
export interface MemoryAdapterOptions {
  /** Default `memory`. */
  readonly channelType?: string
  /** Default `''`. */
  readonly instance?: string
  /**
   * Laid over the defaults: everything claimed, text of 4,000, idempotency for five minutes;
   * delivery receipts only when `queued`.
   */
  readonly capabilities?: Partial<ChannelCapabilities>
  /** The platform can be asked for a send by its key. Default false: no `reconcile`. */
  readonly reconcile?: boolean
  /** `deliver` answers `queued`; `settle` tells the rest. Default false. */
  readonly queued?: boolean
  /** The platform sends the bot its own messages, too, as many do. Default false. */
  readonly echo?: boolean
  /** Chats by name. Default: no `resolve`. */
  readonly names?: Readonly<Record<string, string>>
  /** Time of the platform: its idempotency window, `sentAt`. Default the system's. */
  readonly clock?: Clock
  /** Makes platform message ids. Default random UUIDs, so that a restart repeats none. */
  readonly newId?: () => string
}

/**
 * What `receive` takes: an event of which everything but `type` may be missing (`type`, too, for a
 * message). Missing: chat `chat`, direct, from `Ann`, now, with a new id.
 */
export type MemoryEventInput =
  | (Partial<MessageEvent> & { readonly type?: 'message' })
  | (Partial<EditEvent> & { readonly type: 'edit' })
  | (Partial<DeleteEvent> & { readonly type: 'delete' })
  | (Partial<ReactionEvent> & { readonly type: 'reaction' })
  | (Partial<ButtonEvent> & { readonly type: 'button' })
  | (Partial<MembershipEvent> & { readonly type: 'membership' })

/** One thing that the platform shows, in the order in which it took them. */
export interface MemoryDelivery {
  readonly key: string
  readonly origin: Origin
  readonly part: OutboundPart
  readonly author: Author
  /** The platform's id; of an edit or a reaction, that of the message it changed. */
  readonly platformMessageId: string
  /** Text of a text or an edit; the question; of a card its fallback; else empty. */
  readonly text: string
  /** Bytes of a file. */
  readonly content?: Uint8Array
  /** When the platform took it. */
  readonly at: string
}

/**
 * What happens to the next delivery. An error is thrown and nothing is taken: a refusal, a rate
 * limit, a chat that is gone, by their meaning. `throw`: nothing is taken either, but nobody can
 * tell (a 5xx, a connection cut in mid-send). `timeout`: the same, and no answer comes until the
 * signal aborts. `take-then-throw` and `take-then-timeout`: the platform shows it, but the answer
 * is lost.
 */
export type MemoryFault = Error | 'throw' | 'timeout' | 'take-then-throw' | 'take-then-timeout'

/** The adapter, and the platform behind it for a test or an embedding program to play. */
export interface MemoryAdapter extends ChannelAdapter {
  /**
   * Somebody does something on the platform. Resolves with the host's answer, once the event was
   * handed over and confirmed; rejects when `handOver` rejected, for it or for one before it in
   * its chat, or when the adapter crashed: then the platform keeps it and hands it over again before the next event of that
   * chat, at `redeliver()` and at `start()`.
   * While the adapter is stopped the platform keeps it, too.
   */
  receive(event?: MemoryEventInput): Promise<HandOverResult>
  /** Hands everything unconfirmed over again; resolves when each was tried once. */
  redeliver(): Promise<void>
  /** Ids of what the platform keeps because nobody confirmed it, oldest first. */
  readonly unconfirmed: readonly string[]
  /** Everything that the platform shows. */
  readonly delivered: readonly MemoryDelivery[]
  /** Chats in which `typing` was called, in order. */
  readonly typed: readonly Origin[]
  /**
   * Waits for what is or will be delivered: the first that fits, or the nth (from 1).
   * Rejects with the signal's reason.
   */
  waitForDelivery(
    wanted: number | ((delivery: MemoryDelivery) => boolean),
    signal?: AbortSignal,
  ): Promise<MemoryDelivery>
  /** Queues a fault; each delivery takes one. */
  failNext(fault: MemoryFault): void
  /**
   * The platform goes away, refuses the token (`why` says it), or comes back. While it is `down`,
   * deliveries throw `RetryableDeliveryError`.
   */
  setHealth(state: ChannelHealth['state'], why?: string): void
  /** The chat is gone: deliveries to it fail for good. */
  removeChat(chatId: string): void
  /** Tells the host what became of a delivery that was `queued`. */
  settle(key: string, update: DeliveryUpdate): Promise<void>
  /**
   * The process that runs this adapter dies: it is cut off without a `stop()`, what it had not
   * confirmed stays unconfirmed. Gives the one that the next process makes, on the same platform,
   * not started.
   */
  crash(): MemoryAdapter
  /** The same as `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
