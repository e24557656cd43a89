import type { Place } from '@nanoclaw/schema'

/** Whom a grant lets an agent write to. */
export type DestinationTarget =
  | { readonly type: 'channel'; readonly messagingGroupId: string }
  | { readonly type: 'agent'; readonly agentGroupId: string }

/**
 * For whom a grant holds. `members` (the default): once the session has heard a stranger, only where
 * a stranger has spoken to it. `anyone`: whoever has spoken.
 */
export type GrantWhen = 'members' | 'anyone'

/** A live grant: an entry of an agent's address book, and the permission to write there. */
export interface Destination {
  readonly agentGroupId: string
  readonly localName: string
  readonly displayName: string
  readonly target: DestinationTarget
  readonly when: GrantWhen
  /** ISO-8601 UTC. */
  readonly createdAt: string
}

/** A grant to be made. */
export interface NewGrant {
  readonly agentGroupId: string
  readonly target: DestinationTarget
  /** Any text; it is normalised. Default: from the chat's or agent's name. */
  readonly localName?: string | undefined
  /** Default: the chat's or agent's name. */
  readonly displayName?: string | undefined
  /** Default `members`. */
  readonly when?: GrantWhen | undefined
}

/** What a container wants to do at a place. */
export type DeliveryOperation = 'message' | 'file' | 'edit' | 'reaction' | 'question' | 'card'

/** A question to the ACL, asked at delivery time (invariant I5). */
export interface AuthorizeRequest {
  readonly agentGroupId: string
  readonly target: Place
  readonly operation: DeliveryOperation
  /** Whose container asks: whom it has heard counts, as the host knows it. Null: it has heard nobody. */
  readonly sessionId: string | null
  /** The message that is to go: a person may have let it out (`outsideWhenRequest`). */
  readonly messageOutId?: string | undefined
}

/** Why the ACL says no. */
export type RefusalCause =
  /** There is no such agent, chat, or session of that agent, or it has been deleted. */
  | 'unknown'
  /** The agent has no destination there, or it has been revoked. */
  | 'no-destination'
  /** The grant is for members, and a stranger has been heard. */
  | 'outside-when'

/** The ACL's answer; a reason is one sentence that the agent may read. */
export type Authorization =
  | { readonly allowed: true; readonly destination: Destination }
  | {
      readonly allowed: false
      readonly cause: RefusalCause
      readonly reason: string
      /** A person may be asked to let it through: the agent's policy of `outside_when` is `ask`. */
      readonly mayAsk: boolean
      /** The grant that does not hold now; undefined where there is none. */
      readonly destination?: Destination | undefined
    }

/**
 * The address books, which are the permissions too. `by` is whose word a change is, for the audit log:
 * an id, or `operator`, the default.
 */
export interface Destinations {
  /**
   * Durable. What is granted already comes back as it is (with `when` and `displayName`, where
   * given, brought up to date). A name that somebody else has or had, or that looks like one,
   * becomes `-2`, `-3` …; a grant revoked before is revived under its old name. Throws
   * `not-found` for an unknown agent or target.
   */
  grant(grant: NewGrant, by?: string): Promise<Destination>
  /** Durable. The name stays reserved for the same target. Throws `not-found`. */
  revoke(agentGroupId: string, localName: string, by?: string): Promise<void>
  /** Durable. The old name stays reserved. Throws `not-found`, or `taken` for a name in use. */
  rename(agentGroupId: string, from: string, to: string, by?: string): Promise<Destination>
  /** Live ones by name. */
  list(agentGroupId: string): Promise<readonly Destination[]>
  /**
   * By index. What is remembered is forgotten with any commit, of other processes too, so that a
   * revoked grant ends at once. Never throws for what is unknown: that is a no.
   */
  authorize(request: AuthorizeRequest): Promise<Authorization>
  /** Called with an agent's id after its address book has changed; returns the way to stop. */
  onChange(listener: (agentGroupId: string) => void): () => void
}
