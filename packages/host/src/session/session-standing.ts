/** How a session stands, as its host knows without asking anybody. */
export interface SessionStanding {
  /** It is in quarantine: no container starts. */
  readonly isHeld: boolean
  /** A container runs, starts, or is waited for. */
  readonly isActive: boolean
  readonly isRunning: boolean
  /** Messages that have not been answered, those under way included; of many, so many as are known. */
  readonly due: number
  /** Something that was said has not gone out yet. */
  readonly isSending: boolean
}
