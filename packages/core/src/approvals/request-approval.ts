import { timestamp } from '@nanoclaw/schema/plain'
import { audit } from '../audit/audit-writes.ts'
import { canonicalJson, sha256 } from '../audit/canonical-json.ts'
import { present } from '../central/narrow.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { PolicyRows } from '../policies/policy-rows.ts'
import type { ApprovalRows } from './approval-rows.ts'
import { askNext } from './card-writes.ts'
import type { Deciders } from './deciders.ts'
import type { Approval, ApprovalRequested, NewApproval } from './types.ts'

const dayMs = 86_400_000
/** Characters of canonical JSON: some pages, which a person can still read. */
const longestEffect = 16_384
/** Of one agent, while nobody decides. */
const mostPending = 50

/** What requests are made with. */
export interface ApprovalDeps {
  readonly tools: WriteTools
  readonly rows: ApprovalRows
  readonly policies: PolicyRows
  readonly deciders: Deciders
}

function repeated(
  { rows }: ApprovalDeps,
  known: Approval,
  request: NewApproval,
  digest: string,
): ApprovalRequested | undefined {
  const isOpen = known.status === 'pending' || known.status === 'approved'
  if (request.mayRecur === true && !isOpen && known.status !== 'rejected') {
    rows.change({ ...known, requestKey: JSON.stringify([known.requestKey, known.id]) })
    return undefined
  }
  if (known.digest === digest) return { outcome: 'pending', approval: known, isNew: false }
  return { outcome: 'denied', reason: 'this was asked before, with something else to be done' }
}

/** Why nobody is asked; undefined where somebody is. */
function objection(
  { tools, policies }: ApprovalDeps,
  { action, agentGroupId }: NewApproval,
  effect: string,
): string | undefined {
  if (policies.effective(agentGroupId ?? '', action) === 'deny') {
    return `the policy for ${action} is deny`
  }
  if (effect.length > longestEffect) {
    return `a person would have to read ${effect.length} characters; at most ${longestEffect} are put before one`
  }
  const waiting = tools.sql.countPending().get({ agentGroupId })?.count ?? 0
  return waiting >= mostPending ? `${waiting} requests are waiting for a person already` : undefined
}

function insert({ tools, rows }: ApprovalDeps, request: NewApproval, effect: string): Approval {
  const id = tools.ids.next('appr')
  const { action, agentGroupId, summary, reason, requestKey } = request
  tools.sql.insertApproval().run({
    ...{ id, action, agentGroupId, effect, digest: sha256(effect), summary, reason, requestKey },
    sessionId: request.sessionId ?? null,
    onUserId: request.onUserId ?? null,
    onMessageId: request.onMessageId ?? null,
    createdAt: timestamp(tools.clock),
    expiresAt: timestamp(tools.clock, request.expiresAfterMs ?? dayMs),
  })
  return present(rows.find(id), 'the request')
}

/** Whoever asks, in the audit log. */
function askerOf({ agentGroupId, onUserId }: NewApproval): string {
  return agentGroupId ?? onUserId ?? 'host'
}

/** A request inside the caller's transaction. */
export function requestApproval(deps: ApprovalDeps, request: NewApproval): ApprovalRequested {
  const { tools, rows, policies } = deps
  const { action, agentGroupId, requestKey, summary } = request
  const effect = canonicalJson(request.effect)
  const digest = sha256(effect)
  const known = rows.byKey(requestKey)
  const before = known && repeated(deps, known, request, digest)
  if (before !== undefined) return before
  if (policies.effective(agentGroupId ?? '', action) === 'allow') return { outcome: 'allowed' }
  const reason = objection(deps, request, effect)
  const details = { action, summary, digest, reason: request.reason, onUserId: request.onUserId }
  if (reason !== undefined) {
    audit(tools, {
      kind: 'approval-denied',
      actor: askerOf(request),
      subject: requestKey,
      details: { ...details, denied: reason },
    })
    return { outcome: 'denied', reason }
  }
  const approval = insert(deps, request, effect)
  const { id, expiresAt, sessionId, onMessageId } = approval
  audit(tools, {
    kind: 'approval-requested',
    actor: askerOf(request),
    subject: id,
    details: { ...details, effect, sessionId, onMessageId, expiresAt },
  })
  askNext(deps, approval)
  return { outcome: 'pending', approval, isNew: true }
}
