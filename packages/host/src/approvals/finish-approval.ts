import type { Appended, Approval, Core, Logger, NewInbound, Session } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import { backoffMs } from '../delivery/backoff.ts'
import type { Applied, ApprovalActions } from './applier.ts'

/** What decisions are carried out with. */
export interface FinisherDeps {
  readonly core: Core
  readonly actions: ApprovalActions
  readonly logger: Logger
  /** First pause after an error; it doubles, up to 20 minutes. In milliseconds. */
  readonly retryBaseMs: number
  append(session: Session, rows: readonly NewInbound[]): Promise<readonly Appended[]>
  /** 0 to 1, for the jitter. */
  random(): number
}

/** Carries out what was decided, and tells those who asked. */
export interface Finisher {
  /** Approved ones are applied, ended ones told of. What fails is put off, and keeps none of the others. */
  finish(those: readonly Approval[]): Promise<void>
  /** Milliseconds until the first of those that were put off; `Infinity`: there are none. */
  readonly waitMs: number
}

const longestMs = 20 * 60_000

interface PutOff {
  readonly attempts: number
  /** On our own clock. */
  readonly notBefore: number
}

/** The row by which an agent learns what became of its request; it wakes the agent. */
function resultRow(approval: Approval): NewInbound {
  const { id, action, summary, status, deciderName, error } = approval
  const outcome = status === 'applied' ? 'approved' : status
  const by = deciderName === null ? {} : { decidedBy: deciderName }
  const why = error === null ? {} : { reason: error }
  return {
    kind: 'system',
    origin: null,
    dedupeKey: JSON.stringify(['approval', id]),
    content: { type: 'approval_result', approvalId: id, action, outcome, summary, ...by, ...why },
  }
}

/** Each in its own time. */
export function createFinisher(deps: FinisherDeps): Finisher {
  const { core, actions, logger } = deps
  const { approvals, incidents, sessions } = core
  const putOff = new Map<string, PutOff>()

  async function apply(approval: Approval): Promise<void> {
    const { id, action } = approval
    const applier = Object.hasOwn(actions.appliers, action) ? actions.appliers[action] : undefined
    const applied: Applied = await (applier?.(approval) ?? {
      outcome: 'failed',
      error: `this host does not carry out ${action}`,
    })
    if (applied.outcome === 'applied') return approvals.applied(id)
    await approvals.failed(id, applied.error)
    const message = `it was approved, but could not be done: ${approval.summary}: ${applied.error}`
    await incidents.open({ kind: 'approval-failed', subject: id, message })
  }

  async function tell(approval: Approval): Promise<void> {
    const { id, action, status, sessionId } = approval
    const ending = Object.hasOwn(actions.endings, action) ? actions.endings[action] : undefined
    if (status === 'rejected' || status === 'expired') await ending?.(approval)
    const session = sessionId === null ? undefined : await sessions.get(sessionId)
    if (session?.status === 'active') await deps.append(session, [resultRow(approval)])
    await incidents.resolve('approval-unasked', id)
    await approvals.told(id)
  }

  async function finishOne(found: Approval): Promise<void> {
    const { id } = found
    if ((putOff.get(id)?.notBefore ?? 0) > performance.now()) return
    try {
      if (found.status === 'approved') await apply(found)
      const approval = await approvals.get(id)
      if (approval !== undefined) await tell(approval)
      putOff.delete(id)
    } catch (error) {
      const attempts = (putOff.get(id)?.attempts ?? 0) + 1
      const { retryBaseMs: baseMs } = deps
      const pauseMs = backoffMs({ attempts, baseMs, longestMs, random: deps.random() })
      putOff.set(id, { attempts, notBefore: performance.now() + pauseMs })
      logger.error({ err: error, approval: id }, `an approval waits: ${errorMessage(error)}`)
    }
  }

  return {
    async finish(those) {
      await Promise.all(those.map(finishOne))
    },
    get waitMs() {
      const times = [...putOff.values()].map(({ notBefore }) => notBefore - performance.now())
      return Math.min(Number.POSITIVE_INFINITY, ...times)
    },
  }
}
