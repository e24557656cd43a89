import { unlessAborted } from '../deadline.ts'
import type { ActionOutcome, ActionWay, AgentAction } from './action.ts'
import { createAgent, type Asker, type CreateAgentDeps } from './create-agent.ts'

/** What agents may ask the host for, beside sending. */
export interface Actions {
  /** `signal`: aborted when the session is put away; what was begun is asked for again. */
  wayOf(asker: Asker & { readonly signal: AbortSignal }): ActionWay
}

/** Carries out system actions: what this release does not know of is refused, never dropped. */
export function createActions(deps: CreateAgentDeps): Actions {
  const carryOut = async (asker: Asker, action: AgentAction): Promise<ActionOutcome> => {
    const { action: name } = action.content
    if (name === 'create_agent') return createAgent(deps, asker, action)
    return { outcome: 'refused', reason: `this host does not carry out "${name}" yet` }
  }
  return {
    wayOf: ({ signal, ...asker }) => ({
      carryOut: (action) => unlessAborted(carryOut(asker, action), signal),
    }),
  }
}
