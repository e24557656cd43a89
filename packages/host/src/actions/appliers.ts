import type { Approval, Core } from '@nanoclaw/core'
import { errorMessage, isNanoclawError } from '@nanoclaw/schema'
import type { HostLimits } from '../limits.ts'
import type { ByHand } from '../session/by-hand.ts'
import { letOutMessage } from '../session/ask-outside.ts'
import { applyCreateAgent } from './create-agent.ts'

/** What doing what people have approved needs of the host. */
export interface AppliersDeps {
  readonly core: Core
  readonly limits: Pick<HostLimits, 'childAgents'>
  readonly sessions: { readonly byHand: Pick<ByHand, 'letThrough'> }
}

/** How what agents ask for is done once a person has approved it; each again without any effect. */
export function createAppliers(deps: AppliersDeps) {
  return {
    create_agent: (approval: Approval) => applyCreateAgent(deps, approval),
    outside_when: async (approval: Approval) => {
      const message = letOutMessage(approval)
      if (message === undefined) {
        return { outcome: 'failed', error: 'it names no message' } as const
      }
      try {
        await deps.sessions.byHand.letThrough(message.sessionId, message.messageOutId)
        return { outcome: 'applied' } as const
      } catch (error) {
        if (!isNanoclawError(error) || error.code !== 'not-found') throw error
        return { outcome: 'failed', error: errorMessage(error) } as const
      }
    },
  }
}
