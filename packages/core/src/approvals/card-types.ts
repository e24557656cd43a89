/** States of a card: not sent yet, waiting for an answer, showing the outcome, or given up. */
export type CardStatus = 'waiting' | 'shown' | 'closed' | 'failed'

/** How somebody is asked. */
export interface ApprovalCard {
  readonly approvalId: string
  /** Who is asked. */
  readonly userId: string
  /** Their direct chat with the bot. */
  readonly messagingGroupId: string
  /** The platform's id of the message that asks; null before it is sent, and where there are none. */
  readonly platformMessageId: string | null
  readonly status: CardStatus
  /** Tries of what is being done: of showing it, then of closing it. */
  readonly attempts: number
  /** ISO-8601 UTC; null: at once. */
  readonly nextAttemptAt: string | null
  /** ISO-8601 UTC. */
  readonly shownAt: string | null
  readonly error: string | null
}

/** The cards by which people are asked. */
export interface ApprovalCards {
  /**
   * Those with something to be done by `now` (ISO-8601 UTC): to be shown, or to be closed, because
   * the request has ended. At most `limit`, those put off for the longest first.
   */
  due(now: string, limit: number): Promise<readonly ApprovalCard[]>
  /** When the next of those that were put off is due; undefined: none was. */
  nextAt(): Promise<string | undefined>
  /** Of one request. */
  of(approvalId: string): Promise<readonly ApprovalCard[]>
  /**
   * Asks the next ones in line, if nobody is being asked: admins of the agent, then those of all,
   * then owners, in each direct chat with the bot that is known. `everybody`: all of them at once.
   * Those who are being asked then; none where nobody can be. Durable.
   */
  ask(approvalId: string, everybody?: boolean): Promise<readonly ApprovalCard[]>
  /** Durable. */
  change(card: ApprovalCard): Promise<void>
}
