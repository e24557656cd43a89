import { placeKey, type Place } from '@nanoclaw/schema'
import type { NewApproval } from '../approvals/types.ts'
import type { Json } from '../audit/canonical-json.ts'
import type { ApprovalRows } from '../approvals/approval-rows.ts'
import type { DeliveryOperation } from './types.ts'

/** A message that its grant does not let out, as it stands in the ledger. */
export interface OutsideWhenMessage {
  readonly agentGroupId: string
  readonly sessionId: string
  readonly messageOutId: string
  readonly target: Place
  readonly threadId: string | null
  readonly operation: DeliveryOperation
  readonly kind: string
  /** JSON, as the ledger has it. */
  readonly content: string
}

const action = 'outside_when'

function keyOf(sessionId: string, messageOutId: string): string {
  return JSON.stringify([action, sessionId, messageOutId])
}

/**
 * What a person is to be asked, so that `authorize` lets this message out, and no other, once they have
 * approved: nothing of it may change from then on.
 */
export function outsideWhenRequest(
  message: OutsideWhenMessage,
): Pick<NewApproval, 'action' | 'agentGroupId' | 'sessionId' | 'requestKey' | 'effect'> {
  const { agentGroupId, sessionId, messageOutId, target, threadId, operation, kind } = message
  const { channelType, channelInstance, platformId } = target
  const content = JSON.parse(message.content) as Json
  const place = { channelType, channelInstance, platformId }
  const effect = { place, threadId, operation, kind, content, messageOutId }
  return { action, agentGroupId, sessionId, requestKey: keyOf(sessionId, messageOutId), effect }
}

function placeOf(effect: string): Place | undefined {
  const parsed: unknown = JSON.parse(effect)
  const place: unknown =
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'place') : undefined
  if (typeof place !== 'object' || place === null) return undefined
  const text = (name: string): string => String(Reflect.get(place, name))
  return {
    channelType: text('channelType'),
    channelInstance: text('channelInstance'),
    platformId: text('platformId'),
  }
}

/** Whether a person has let a message out. */
export function isLetOut(
  approvals: Pick<ApprovalRows, 'byKey'>,
  of: {
    readonly agentGroupId: string
    readonly sessionId: string
    readonly messageOutId: string
    readonly target: Place
  },
): boolean {
  const approval = approvals.byKey(keyOf(of.sessionId, of.messageOutId))
  if (approval === undefined || approval.action !== action) return false
  if (approval.sessionId !== of.sessionId || approval.agentGroupId !== of.agentGroupId) return false
  if (approval.status !== 'approved' && approval.status !== 'applied') return false
  const place = placeOf(approval.effect)
  return place !== undefined && placeKey(place) === placeKey(of.target)
}
