import type { Json } from './canonical-json.ts'

/** What the audit log tells of. */
export type AuditKind =
  | 'approval-requested'
  | 'approval-denied'
  | 'approval-decided'
  | 'approval-expired'
  | 'approval-withdrawn'
  | 'approval-applied'
  | 'approval-failed'
  | 'command'
  | 'delivery-refused'
  | 'user-added'
  | 'user-removed'
  | 'role-granted'
  | 'role-revoked'
  | 'destination-granted'
  | 'destination-revoked'
  | 'destination-renamed'
  | 'agent-created'
  | 'agent-changed'
  | 'agent-deleted'
  | 'chat-changed'
  | 'chat-deleted'
  | 'wiring-created'
  | 'wiring-changed'
  | 'wiring-removed'
  | 'session-cleared'
  | 'policy-set'

/** Something that was decided, done or refused. */
export interface NewAuditEntry {
  readonly kind: AuditKind
  /** Who: a user's or a person's id, an agent's, `operator` (the command line), or `host`. */
  readonly actor: string
  /** What it is about: the id of a row, or a name. */
  readonly subject: string
  /** What JSON can say; members that are undefined are left out. */
  readonly details: Json | object
}

/** An entry as it stands in the log. */
export interface AuditEntry {
  /** 1, 2, 3 … without a gap. */
  readonly number: number
  /** ISO-8601 UTC. */
  readonly at: string
  /** An {@link AuditKind}; a later release may have others. */
  readonly kind: string
  readonly actor: string
  readonly subject: string
  /** Canonical JSON. */
  readonly details: string
  /** The hash of the entry before; of the first: 64 zeros. */
  readonly previous: string
  /** SHA-256 of the canonical JSON of all the other members, in hexadecimal. */
  readonly hash: string
}

/** Where a chain is known to have been: its last entry, as `verify` has told it. */
export interface AuditMark {
  readonly number: number
  readonly hash: string
}

/** What became of a look at the whole chain. */
export type AuditVerdict =
  | {
      readonly isSound: true
      /** The last entry: keep it elsewhere, and give it to the next look. 0 entries: 64 zeros. */
      readonly last: AuditMark
    }
  | {
      readonly isSound: false
      /** The first entry that is not as it was written, is missing, or is one too many. */
      readonly number: number
      readonly reason: string
    }

/** What was decided and done, and what was refused: it only grows, and each entry vouches for the one before. */
export interface Audit {
  /** Adds one by itself; what a transaction of the core does is written in that transaction. Durable. */
  write(entry: NewAuditEntry): Promise<void>
  /** Oldest first, those after a number (default 0: all), at most `limit` (default 1,000). */
  list(filter?: {
    readonly after?: number | undefined
    readonly limit?: number | undefined
  }): Promise<readonly AuditEntry[]>
  /** Newest first, at most `limit`. */
  newest(limit: number): Promise<readonly AuditEntry[]>
  /**
   * Reads the whole chain. Somebody who can write to the file can make another chain, or cut its
   * end off: a mark that was kept elsewhere shows that.
   */
  verify(mark?: AuditMark): Promise<AuditVerdict>
}
