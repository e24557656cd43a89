import type { EngageMode, SessionMode } from '@nanoclaw/schema'
import type { Destination } from '../destinations/types.ts'

/** A wiring: an agent listens to a chat. */
export interface Wiring {
  readonly id: string
  readonly agentGroupId: string
  readonly messagingGroupId: string
  readonly sessionMode: SessionMode
  readonly engageMode: EngageMode
  /** Higher is asked first. */
  readonly priority: number
  /** For `pattern`: a regular expression of RE2, null for the others. */
  readonly engagePattern: string | null
  /** What becomes of what does not engage: nothing, or it is kept as context of the next turn. */
  readonly ignored: 'drop' | 'accumulate'
  /** ISO-8601 UTC. */
  readonly createdAt: string
}

/** A new wiring. */
export interface NewWiring {
  readonly agentGroupId: string
  readonly messagingGroupId: string
  /** Default `shared`. */
  readonly sessionMode?: SessionMode | undefined
  /** Default `always`. */
  readonly engageMode?: EngageMode | undefined
  /** Default 0. */
  readonly priority?: number | undefined
  /**
   * Required for `pattern`: a regular expression of RE2 of 1 to 500 characters (no look-around, no
   * back-references; `(?i)` for any case), found anywhere in the text.
   */
  readonly engagePattern?: string | undefined
  /** Default `drop`. */
  readonly ignored?: 'drop' | 'accumulate' | undefined
  /** What the agent calls the chat; default: from the chat's name. */
  readonly localName?: string | undefined
}

/** Settings of a wiring to be changed. What is left out stays. */
export type WiringChange = Partial<
  Pick<NewWiring, 'engageMode' | 'engagePattern' | 'ignored' | 'priority' | 'sessionMode'>
>

/**
 * Which agents listen to which chats. `by` is whose word a change is, for the audit log: an id, or
 * `operator`, the default.
 */
export interface Wirings {
  /**
   * Durable, in one transaction with the destination it implies. Throws `not-found` for an unknown
   * agent or chat, `taken` when they are wired already, `bad-option` for a pattern that is none.
   */
  create(
    wiring: NewWiring,
    by?: string,
  ): Promise<{ readonly wiring: Wiring; readonly destination: Destination }>
  /**
   * Holds for the next message on; another session mode, for conversations that begin then. Durable.
   * Throws `not-found`, `bad-option` for a pattern that is none.
   */
  update(id: string, change: WiringChange): Promise<Wiring>
  /**
   * The agent hears the chat no more; that it may write there stays, until it is revoked. Durable. Throws
   * `not-found` when they are not wired.
   */
  remove(agentGroupId: string, messagingGroupId: string, by?: string): Promise<void>
  /** By priority, highest first, then oldest. By index. */
  forChat(messagingGroupId: string): Promise<readonly Wiring[]>
  /** Notes that an agent was spoken to in a thread (null: outside any), for `mention-sticky`. */
  engage(wiringId: string, threadId: string | null): Promise<void>
  /** Whether it was. Remembered until somebody writes to the database, since every message asks. */
  isEngaged(wiringId: string, threadId: string | null): Promise<boolean>
  /** Oldest first. */
  list(): Promise<readonly Wiring[]>
}
