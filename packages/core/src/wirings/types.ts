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
  /** What the agent calls the chat; default: from the chat's name. */
  readonly localName?: string | undefined
}

/** Which agents listen to which chats. */
export interface Wirings {
  /**
   * Durable, in one transaction with the destination it implies. Throws `not-found` for an unknown
   * agent or chat, `taken` when they are wired already.
   */
  create(wiring: NewWiring): Promise<{ readonly wiring: Wiring; readonly destination: Destination }>
  /** By priority, highest first, then oldest. By index. */
  forChat(messagingGroupId: string): Promise<readonly Wiring[]>
  /** Oldest first. */
  list(): Promise<readonly Wiring[]>
}
