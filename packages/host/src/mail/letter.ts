/** Mail of one session's agent to another agent. */
export interface Letter {
  /** The row of the container that it was; with the session it makes two hand-overs the same one. */
  readonly id: string
  /** The agent that is written to. */
  readonly to: string
  /** The inbound row that it answers, as the container says. */
  readonly inReplyTo: string | null
  readonly text: string
}

/** What became of a letter; rejects for what another try may mend. */
export type Posted =
  /** Durable in a session of the agent that was written to. */
  | { readonly outcome: 'delivered' }
  /** It never arrives, and why. */
  | { readonly outcome: 'refused' | 'failed'; readonly reason: string }

/** The way of one session's mail. */
export interface MailWay {
  /**
   * Counts one more letter to an agent, when it is taken. What it gives is why there are too many of
   * them; such a one is refused.
   */
  admit(to: string): string | undefined
  /** May be called again for the same letter, which arrives once. */
  post(letter: Letter): Promise<Posted>
}
