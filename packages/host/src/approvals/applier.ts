import type { Approval } from '@nanoclaw/core'

/** What became of something that a person has approved. */
export type Applied =
  { readonly outcome: 'applied' } | { readonly outcome: 'failed'; readonly error: string }

/**
 * Does what a person has approved: what `effect` says, and nothing else. It may be called again for
 * the same one after a crash and has to do nothing then (`applied_actions`). A rejection means that
 * it may work later: it is called again.
 */
export type Applier = (approval: Approval) => Promise<Applied>

/** What follows a request that was not approved; may be called again. A rejection as above. */
export type Ending = (approval: Approval) => Promise<void>

/** What can be approved, by action; what is not there fails, once approved. */
export interface ApprovalActions {
  readonly appliers: Readonly<Record<string, Applier>>
  /** What is there to be done when a request was rejected or has expired. */
  readonly endings: Readonly<Record<string, Ending>>
  /** Of what the operator is told anyhow: no incident says that nobody could be asked. */
  readonly toldApart?: ReadonlySet<string>
}
