import type { Session } from '../sessions/types.ts'

/** Somebody who has written on a channel, by the platform's own id of them (`senderId`). */
export interface Person {
  readonly channelType: string
  /** On all instances of the channel. */
  readonly handle: string
}

/** How a person is forgotten. */
export interface ForgetOptions {
  /** Changes nothing; the report says what would be removed. Default false. */
  readonly dryRun?: boolean | undefined
  /**
   * Runs `work` while nobody has the session open and no container of it runs. A host gives its own;
   * default: the home is held for as long as it takes, which throws `home-in-use` where a host runs.
   */
  readonly hold?: (<T>(session: Session, work: () => Promise<T>) => Promise<T>) | undefined
  /**
   * Whether the container of a session has said something that has not been taken yet. Such a session
   * is left for another time when others have spoken in it, too. Default: it is not asked.
   */
  readonly isUntaken?: ((session: Session) => Promise<boolean>) | undefined
  /**
   * Whether a turn of the session was cut off that a person is to be asked about first, and has not
   * been (`onInterrupted: 'ask'`). Left for another time likewise. Default: it is not asked.
   */
  readonly isUndecided?: ((session: Session) => Promise<boolean>) | undefined
}

/** What was removed in one session. */
export interface ForgottenInSession {
  readonly sessionId: string
  readonly agentGroupId: string
  /** Nobody else has spoken in it: all of it was theirs. */
  readonly isWhole: boolean
  /** Messages to the agent, its answers to them, and what told of either. */
  readonly inbound: number
  readonly deliveries: number
  readonly events: number
  /** Lines of the archive. */
  readonly archived: number
  /** Why it was left as it is; undefined: it was not. */
  readonly left?: string | undefined
}

/** What became of forgetting a person. */
export interface ForgetReport {
  readonly person: Person
  readonly dryRun: boolean
  readonly sessions: readonly ForgottenInSession[]
  /** In the central database: rows removed, and incidents whose words were. */
  readonly central: {
    readonly receipts: number
    readonly channelState: number
    readonly incidents: number
    readonly chatNames: number
  }
  /** What was not looked at, or cannot be reached: a sentence each. */
  readonly beyond: readonly string[]
}
