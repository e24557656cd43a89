import type { ChannelCapabilities } from './capabilities.ts'
import type { AdapterContext } from './context.ts'
import type { InboundEvent } from './events.ts'
import type {
  Author,
  DeliverOptions,
  DeliveryResult,
  Origin,
  OutboundPart,
  ReconcileResult,
} from './parts.ts'

/** How the connection to the platform stands. */
export interface ChannelHealth {
  /** `degraded`: works in part, or may be failing; `down`: nothing can be sent now. */
  readonly state: 'connected' | 'degraded' | 'down'
  /** Since when it is in this state, ISO-8601 UTC. */
  readonly since: string
  /** What is wrong and what to do about it; always there unless `connected`. */
  readonly why?: string
  /** When the platform last proved that it is there (traffic, a heartbeat), ISO-8601 UTC. */
  readonly lastProof?: string
  /**
   * It is `down` because nobody is there, as a terminal that nobody has opened: no trouble, so that
   * the operator is not told, and it is not started again.
   */
  readonly idle?: true
  /** Its first start is still going: trouble as any other, but it is not started again for an hour. */
  readonly starting?: true
}

/**
 * One bot on one platform. A promise that a method returns rejects only as its comment says.
 * `start` and `stop` may each be called twice; a stopped adapter may be started again.
 */
export interface ChannelAdapter {
  /** The platform, such as `telegram`. */
  readonly channelType: string
  /** Which of several bots of that platform; `''` for the only one. Part of every key. */
  readonly instance: string
  /** What is true of it; does not change after `start`. */
  readonly capabilities: ChannelCapabilities
  /**
   * Begins to listen. Resolves when it does, or when it has begun to try: a platform that is down
   * is a matter of `health()`. Rejects only when no waiting can help (options that are wrong).
   */
  start(ctx: AdapterContext): Promise<void>
  /**
   * Ends everything. Resolves when nothing is in flight: no hand-over, no delivery, no timer. What
   * only asks is cut off, a delivery is not: it ends by itself, or by its own `signal`. Called while `start` is under way it ends what that begins, however the two settle.
   */
  stop(): Promise<void>
  /**
   * Sends one part.
   * @throws RetryableDeliveryError nothing was sent; also while the adapter is not started, the
   * platform is away, or it refuses the token: what waits is sent when that is mended.
   * @throws TerminalDeliveryError nothing was sent and never will be.
   * @throws UnknownOutcomeError (or anything else) it may have been sent.
   */
  deliver(origin: Origin, part: OutboundPart, options: DeliverOptions): Promise<DeliveryResult>
  /** How things stand now. Cheap; never throws. */
  health(): ChannelHealth
  /**
   * Shows for some seconds that somebody is writing: by name where `author` is given and the
   * platform can. A courtesy: the host calls it again while a turn runs, and ignores a rejection.
   * There if and only if `capabilities.typing`.
   */
  typing?(origin: Origin, author?: Author): Promise<void>
  /**
   * The platform's id of the chat with this name; undefined when there is none, or more than one.
   * Rejects when the platform cannot be asked.
   */
  resolve?(name: string): Promise<string | undefined>
  /**
   * Messages that people wrote in a chat later than `since` (ISO-8601 UTC), oldest first, under the
   * same ids as when they were handed over. Throws when the platform cannot be asked.
   * There if and only if `capabilities.history`.
   */
  history?(chatId: string, since: string): AsyncIterable<InboundEvent>
  /**
   * Looks up what became of the send with this key, after a restart, too. `not-sent` only when it
   * cannot come any more; when in doubt, as when the platform has forgotten old keys or cannot be
   * asked, `unknown`. A rejection means `unknown`, too.
   */
  reconcile?(key: string): Promise<ReconcileResult>
  /** The same as `stop()`, for `await using`. */
  [Symbol.asyncDispose]?(): Promise<void>
}
