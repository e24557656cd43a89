/** An event of somebody unknown that waits for a person to let them in. */
export interface HeldEvent {
  readonly id: string
  readonly approvalId: string
  readonly messagingGroupId: string
  readonly userId: string
  /** That of the row that it would be. */
  readonly dedupeKey: string
  /** As it was given. */
  readonly event: string
  /** ISO-8601 UTC. */
  readonly createdAt: string
}

/** An event to be held. */
export type NewHeldEvent = Omit<HeldEvent, 'id' | 'createdAt'>

/**
 * What became of it: `held`; `known`, it was before; `late`, the request has been decided meanwhile:
 * look again; `full`, a hundred wait under that request already.
 */
export type HoldOutcome = 'held' | 'known' | 'late' | 'full'

/** What is asked of a person where somebody unknown writes: to make them a member of one agent. */
export interface LetInEffect {
  readonly channelType: string
  readonly channelInstance: string
  readonly handle: string
  /** As the channel says; chosen by a stranger. */
  readonly name: string
  readonly agentGroupId: string
}

/**
 * Events of strangers in chats where a person is asked about them. What is held under a request goes
 * with it, when it ends otherwise than by a yes.
 */
export interface HeldEvents {
  /** Durable. */
  hold(event: NewHeldEvent): Promise<HoldOutcome>
  /** Oldest first, at most `limit`. */
  list(approvalId: string, limit: number): Promise<readonly HeldEvent[]>
  /** It has been routed. Durable. */
  release(id: string): Promise<void>
  /**
   * Makes the user of an approved request a member, once; nothing where it was done before. Durable.
   * Throws `bad-state` for one that is not approved, `corrupt` for one of something else.
   */
  letIn(approvalId: string): Promise<void>
}
