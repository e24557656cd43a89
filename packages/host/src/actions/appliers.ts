import type { Approval, Core } from '@nanoclaw/core'
import { errorMessage, isNanoclawError } from '@nanoclaw/schema'
import type { Applied, Applier, Ending } from '../approvals/applier.ts'
import type { HostLimits } from '../limits.ts'
import { messageInDoubt } from '../session/ask-in-doubt.ts'
import { letOutMessage } from '../session/ask-outside.ts'
import type { ByHand } from '../session/by-hand.ts'
import type { Approved } from '../session/let-through.ts'
import { applyCreateAgent } from './create-agent.ts'

/** What doing what people have approved needs of the host. */
export interface AppliersDeps {
  readonly core: Core
  readonly limits: Pick<HostLimits, 'childAgents'>
  readonly sessions: { readonly byHand: Pick<ByHand, 'letThrough' | 'settle'> }
}

type Message = ReturnType<typeof letOutMessage>

/** How what agents ask for is done once a person has approved it; each again without any effect. */
export function createAppliers(deps: AppliersDeps) {
  const { byHand } = deps.sessions
  async function send(message: Message, approved: Approved): Promise<Applied> {
    if (message === undefined) return { outcome: 'failed', error: 'it names no message' }
    try {
      await byHand.letThrough(message, approved)
      return { outcome: 'applied' }
    } catch (error) {
      if (!isNanoclawError(error) || error.code !== 'not-found') throw error
      return { outcome: 'failed', error: errorMessage(error) }
    }
  }
  return {
    create_agent: (approval: Approval) => applyCreateAgent(deps, approval),
    outside_when: (approval: Approval) => send(letOutMessage(approval), 'refused'),
    ambiguous_delivery: (approval: Approval) => send(messageInDoubt(approval), 'inDoubt'),
  } satisfies Record<string, Applier>
}

/** What is done where a person said no, or nobody said anything; each again without any effect. */
export function createEndings(deps: Pick<AppliersDeps, 'sessions'>) {
  return {
    /** Not sent again: it counts as delivered. What nobody has decided stays open for the command line. */
    ambiguous_delivery: async (approval: Approval) => {
      const message = messageInDoubt(approval)
      if (approval.status !== 'rejected' || message === undefined) return
      try {
        await deps.sessions.byHand.settle(message.messageOutId, 'delivered')
      } catch (error) {
        // Somebody was faster, or it is there no more.
        const isOver = isNanoclawError(error) && ['bad-state', 'not-found'].includes(error.code)
        if (!isOver) throw error
      }
    },
  } satisfies Record<string, Ending>
}
