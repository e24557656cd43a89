import { timestamp } from '@nanoclaw/schema/plain'
import { audit } from '../audit/audit-writes.ts'
import { sha256 } from '../audit/canonical-json.ts'
import { expireApproval } from './end-approval.ts'
import type { ApprovalDeps } from './request-approval.ts'
import type { Approval, Decided, DecidedBy, Decision, DecisionRefusal } from './types.ts'

/** Of a digest that was shown: what a button has room for. */
const fewestDigits = 16

type Refused = Extract<Decided, { outcome: 'refused' }>

function refused(why: DecisionRefusal, reason: string): Refused {
  return { outcome: 'refused', why, reason }
}

/** Mail of agents and their sessions have no users; whatever calls itself one has no say. */
const isAgent = /^agent[:/]/u

function rightOf(
  { deciders }: ApprovalDeps,
  approval: Approval,
  by: DecidedBy,
  via: string,
): Refused | undefined {
  if (by.type === 'operator') return undefined
  const { mayDecide, isOwner, personId, directChatId } = deciders.standing(
    by.userId,
    approval.agentGroupId,
  )
  if (isAgent.test(by.userId) || !mayDecide || personId === undefined) {
    return refused(
      'not-allowed',
      'only an admin of this agent, an admin of all or an owner decides this',
    )
  }
  const isOwn = approval.onUserId !== null && deciders.personOf(approval.onUserId) === personId
  if (isOwn && !isOwner) {
    return refused(
      'own-request',
      'a message of yours has led to this: somebody else decides it, or an owner',
    )
  }
  return directChatId === via
    ? undefined
    : refused('elsewhere', 'this is decided in your direct chat with the bot, not here')
}

function endOf({ status, deciderName, decidedAt, expiresAt }: Approval): Refused | undefined {
  if (status === 'pending') return undefined
  if (status === 'expired')
    return refused('expired', `its time was over at ${expiresAt}; nothing was done`)
  const word = status === 'rejected' ? 'rejected' : 'approved'
  return refused('decided', `it was ${word} by ${String(deciderName)} at ${String(decidedAt)}`)
}

function isWhatWasShown({ effect, digest }: Approval, shown: string): boolean {
  return shown.length >= fewestDigits && digest.startsWith(shown) && sha256(effect) === digest
}

/** A decision inside the caller's transaction. */
export function decideApproval(deps: ApprovalDeps, id: string, decision: Decision): Decided {
  const { tools, rows, deciders } = deps
  const { by, via } = decision
  const approval = rows.find(id)
  if (approval === undefined) return refused('unknown', 'there is no such request')
  const no = rightOf(deps, approval, by, via) ?? endOf(approval)
  if (no !== undefined) return no
  const now = timestamp(tools.clock)
  if (approval.expiresAt <= now) {
    expireApproval(deps, approval)
    return refused('expired', `its time was over at ${approval.expiresAt}; nothing was done`)
  }
  if (!isWhatWasShown(approval, decision.digest)) {
    return refused('changed', 'this is not what was shown to you; nothing was done')
  }
  const outcome = decision.decision === 'approve' ? 'approved' : 'rejected'
  const actor = by.type === 'operator' ? 'operator' : by.userId
  const person = by.type === 'operator' ? 'operator' : (deciders.personOf(by.userId) ?? by.userId)
  rows.change({ ...approval, status: outcome, decidedAt: now, decidedBy: person, decidedVia: via })
  const { action, digest } = approval
  audit(tools, {
    kind: 'approval-decided',
    actor,
    subject: id,
    details: { outcome, action, digest, personId: person, via },
  })
  return { outcome, approval: rows.find(id) ?? approval }
}
