import type { ApprovalStatus } from '@nanoclaw/schema'
import type { Json } from '../audit/canonical-json.ts'

/** What a person is asked to decide, or was. */
export interface Approval {
  readonly id: string
  /** What would be done, such as `create_agent`. */
  readonly action: string
  /** Whose admins decide; null: only admins of all, and owners. */
  readonly agentGroupId: string | null
  /** The session that asks; null where none does. */
  readonly sessionId: string | null
  /** All that will be done, and nothing else: canonical JSON. */
  readonly effect: string
  /** SHA-256 of the effect, in hexadecimal. */
  readonly digest: string
  /** What a person types to decide it where there are no buttons: 8 hexadecimal digits. */
  readonly code: string
  /** One line for people. */
  readonly summary: string
  /** Why it is asked. */
  readonly reason: string
  readonly requestKey: string
  /** The user whose message led to it, and that message's row; null where there is none. */
  readonly onUserId: string | null
  readonly onMessageId: string | null
  readonly status: ApprovalStatus
  /** ISO-8601 UTC, as the other times. */
  readonly createdAt: string
  readonly expiresAt: string
  readonly decidedAt: string | null
  /** A person's id, or `operator`; null while nobody has decided. */
  readonly decidedBy: string | null
  /** The name of that person, or `operator`. */
  readonly deciderName: string | null
  /** The chat it was decided in, or `command`. */
  readonly decidedVia: string | null
  readonly appliedAt: string | null
  /** Of one that failed, or that was withdrawn: why. */
  readonly error: string | null
  /** When the one who asked was told of the outcome. */
  readonly toldAt: string | null
}

/** Something that needs a person, perhaps. */
export interface NewApproval {
  readonly action: string
  /** Whose policy holds, and whose admins decide; null: the policy of all, and admins of all. */
  readonly agentGroupId: string | null
  readonly sessionId?: string | null | undefined
  /**
   * All that will be done, complete: what is approved is the SHA-256 of this. Of at most 16,384
   * characters as canonical JSON: what nobody can read, nobody is asked.
   */
  readonly effect: Json
  /** One line for people. */
  readonly summary: string
  readonly reason: string
  /**
   * What asks: an agent's row, for instance. Another request of it is the same one, so that it may be
   * made again after a crash.
   */
  readonly requestKey: string
  /** The key stands for no row, but for a matter that may come up again: one that has ended, unless rejected, is asked anew. */
  readonly mayRecur?: boolean | undefined
  readonly onUserId?: string | null | undefined
  readonly onMessageId?: string | null | undefined
  /** Default 24 hours. */
  readonly expiresAfterMs?: number | undefined
}

/** What became of a request. */
export type ApprovalRequested =
  /** To be refused, with the reason: by policy, too long, too many wait, or asked before with another effect. */
  | { readonly outcome: 'denied'; readonly reason: string }
  /** To be done at once: that is the policy. */
  | { readonly outcome: 'allowed' }
  /** A person is asked, or was: look at its status. */
  | { readonly outcome: 'pending'; readonly approval: Approval; readonly isNew: boolean }

/** Who decides: somebody in a chat, or whoever has the command line. Never an agent. */
export type DecidedBy =
  { readonly type: 'user'; readonly userId: string } | { readonly type: 'operator' }

/** A person's word on a request. */
export interface Decision {
  /** Of what they were shown: the whole digest, or its first 16 digits at least. */
  readonly digest: string
  readonly decision: 'approve' | 'reject'
  readonly by: DecidedBy
  /** The messaging group in which they said so, which has to be their direct chat; of an operator: `command`. */
  readonly via: string
}

/** Why a decision was not taken. */
export type DecisionRefusal =
  'unknown' | 'not-allowed' | 'own-request' | 'elsewhere' | 'changed' | 'decided' | 'expired'

/** What became of a decision. */
export type Decided =
  | { readonly outcome: 'approved' | 'rejected'; readonly approval: Approval }
  | {
      readonly outcome: 'refused'
      readonly why: DecisionRefusal
      /** For the person. */
      readonly reason: string
    }

/** Which requests are listed. */
export interface ApprovalFilter {
  readonly status?: ApprovalStatus | undefined
  readonly agentGroupId?: string | undefined
  /** Default 100, at most 1,000. */
  readonly limit?: number | undefined
}

/**
 * Everything that needs a person. A request goes `pending` → `approved` → `applied` or `failed`, or
 * `pending` → `rejected` or `expired` (also when it is withdrawn), each once, with an entry in the
 * audit log in the same transaction.
 */
export interface Approvals {
  /** Asks by the policy of the agent, with cards for those who may decide. Durable. */
  request(request: NewApproval): Promise<ApprovalRequested>
  /** Rights are judged by the roles of this moment. Durable. */
  decide(id: string, decision: Decision): Promise<Decided>
  get(id: string): Promise<Approval | undefined>
  /** Pending ones with a code: hardly ever more than one. */
  withCode(code: string): Promise<readonly Approval[]>
  /** Newest first. */
  list(filter?: ApprovalFilter): Promise<readonly Approval[]>
  /** Ends pending ones whose time has come, at most `limit`; how many. Durable. */
  expire(limit: number): Promise<number>
  /**
   * Ends the pending one that was asked under `requestKey`, for it needs no answer any more: `expired`,
   * with `why` as its `error`. Durable. False where none of that key is pending.
   */
  withdraw(requestKey: string, why: string): Promise<boolean>
  /** When the next pending one expires, ISO-8601 UTC; undefined: none is pending. */
  nextExpiry(): Promise<string | undefined>
  /** Approved ones that are still to be done, and ended ones of which the one who asked was not told. */
  unfinished(limit: number): Promise<readonly Approval[]>
  /** An approved one was done; durable. Nothing where it is so already. Throws `bad-state`. */
  applied(id: string): Promise<void>
  /** An approved one could not be done; durable. Nothing where it is so already. Throws `bad-state`. */
  failed(id: string, error: string): Promise<void>
  /** Who asked knows of the outcome. */
  told(id: string): Promise<void>
  /** Calls `listener` after a request, a decision or an expiry through this core, until the result is called. */
  onChange(listener: () => void): () => void
}
