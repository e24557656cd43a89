import type { ChannelAdapter } from '../contract/adapter.ts'
import type { Origin } from '../contract/parts.ts'

/** Something that a person writes on the harness's platform. */
export interface PlatformMessage {
  /** The text as the person typed it. */
  readonly text: string
  /** The person's display name; the platform may be one where nobody can choose it. */
  readonly senderName?: string
}

/** Something that stands in a chat of the harness's platform because the adapter sent it. */
export interface PlatformPost {
  readonly chatId: string
  /** Null outside any thread, and always on a platform without threads. */
  readonly threadId: string | null
  /** The text as a reader sees it. */
  readonly text: string
  /** The id that the platform gave it, if it gives any. */
  readonly platformMessageId?: string
}

/** What goes wrong on the platform with the next send. */
export type PlatformFault =
  /** Refused before it was taken: connection refused, 5xx of a platform that then sends nothing. */
  | 'refuse'
  /** Refused with a request to wait `RATE_LIMIT_MS`. */
  | 'rate-limit'
  /** Taken and shown, and then the connection is cut: the answer is lost. */
  | 'lose-answer'
  /** Not taken, and no answer ever comes. */
  | 'hang'
  /** The chat is gone: nothing will ever be taken. */
  | 'gone'

/** Parts of the suite that a platform may really be unable to play; see `without`. */
export type ConformanceFacet = 'confirmation' | 'redelivery' | 'echo' | 'outage' | PlatformFault

/** The far side of an adapter, played by a test double of its platform. */
export interface ConformancePlatform {
  /**
   * A person writes into the chat of `origin`. Resolves with an id for this message as soon as the
   * platform has it, **without** waiting for the adapter.
   */
  sendMessage(message: PlatformMessage): Promise<string>
  /** What stands in its chats, in order. */
  received(): readonly PlatformPost[]
  /** Ids of the messages (as `sendMessage` gave them) that the adapter has confirmed. */
  confirmed?(): readonly string[]
  /** Sends everything again that was not confirmed, as the platform does after a reconnect. */
  redeliver?(): Promise<void>
  /** Whether the platform also sends the bot its own messages; then set it up to do so. */
  readonly echoes?: boolean
  /** The next send meets this fault. */
  fail?(fault: PlatformFault): void
  /** Cuts the platform off, or brings it back. */
  setReachable?(reachable: boolean): void
  /** Resolves when the platform has nothing left to push. Default: some turns of the event loop. */
  idle?(): Promise<void>
}

/** One adapter, not started, and its platform. Every test gets fresh ones. */
export interface ConformanceHarness {
  readonly adapter: ChannelAdapter
  readonly platform: ConformancePlatform
  /** A chat that exists, where people write and the adapter may send. */
  readonly origin: Origin
  /** Ends what the harness itself started. */
  dispose?(): Promise<void>
}

/** What a caller of the suite chooses. */
export interface ConformanceOptions {
  /**
   * What the platform cannot play. The tests that need it are left out of the list. A harness that
   * lacks a function and does not say so here fails.
   */
  readonly without?: readonly ConformanceFacet[]
  /** Longest wait for something that was promised, in milliseconds. Default 5,000. */
  readonly patienceMs?: number
}

/** One promise of the contract, as a test for any runner. */
export interface ConformanceTest {
  /** The promise. */
  readonly name: string
  /** Rejects with an AssertionError when the adapter breaks it. */
  run(): Promise<void>
}

/** How long the fault `rate-limit` asks to wait, in milliseconds: whole seconds, as headers are. */
export const RATE_LIMIT_MS = 7_000
