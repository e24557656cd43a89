import type { ActionPolicy } from '@nanoclaw/schema'

/**
 * What needs a policy: `create_agent` (an agent makes another; of admin agents alone, whatever the
 * policy), `outside_when` (a grant for members is used after a stranger was heard),
 * `ambiguous_delivery` (a message may have arrived or not), `unknown_sender` (a stranger writes to a
 * chat that asks to be let in).
 */
export type PolicyAction = 'create_agent' | 'outside_when' | 'ambiguous_delivery' | 'unknown_sender'

/** A policy that somebody has set. */
export interface Policy {
  /** `''`: of agents that have none of their own. */
  readonly agentGroupId: string
  readonly action: string
  readonly policy: ActionPolicy
  /** ISO-8601 UTC. */
  readonly setAt: string
}

/** A policy to be set. */
export interface NewPolicy {
  /** Default: of all agents that have none of their own. */
  readonly agentGroupId?: string | undefined
  readonly action: PolicyAction
  readonly policy: ActionPolicy
  /** A person's id, or `operator`. */
  readonly by: string
}

/** What becomes of what agents ask for: `deny`, `ask` a person, `allow`. */
export interface Policies {
  /**
   * What holds for an agent: its own, that of all, else the default (`create_agent`,
   * `ambiguous_delivery`, `unknown_sender`: `ask`; all else: `deny`).
   */
  effective(agentGroupId: string, action: string): Promise<ActionPolicy>
  /** Those that were set. */
  list(): Promise<readonly Policy[]>
  /**
   * Durable, with an entry in the audit log. Throws `not-found` for an unknown agent, `bad-option`
   * for an unknown action, and for `allow` where a person has to decide each case: everything but
   * `create_agent`.
   */
  set(policy: NewPolicy): Promise<Policy>
}
