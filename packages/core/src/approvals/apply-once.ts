import { timestamp } from '@nanoclaw/schema/plain'
import type { WriteTools } from '../central/write-tools.ts'

/** An action of an agent, or what a person has approved. */
export interface ActionToApply {
  /** The approval's id, or that of the agent's row. */
  readonly actionId: string
  /** `''` where no session asks. */
  readonly sessionId: string
  readonly action: string
}

/**
 * Notes, in the transaction of its effect, that an action is being done; false where it was done
 * before, and the effect is to be left alone.
 */
export function applyOnce(
  { sql, clock }: Pick<WriteTools, 'sql' | 'clock'>,
  { actionId, sessionId, action }: ActionToApply,
): boolean {
  if (sql.actionApplied().get({ actionId }) !== undefined) return false
  sql.insertAppliedAction().run({ actionId, sessionId, action, appliedAt: timestamp(clock) })
  return true
}
