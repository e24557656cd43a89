import { agentChannelType, type Place } from '@nanoclaw/schema'
import { namePlace } from '../chats/name-place.ts'
import type { ApprovalRows } from '../approvals/approval-rows.ts'
import type { HeardRows } from '../heard/heard-rows.ts'
import type { PolicyRows } from '../policies/policy-rows.ts'
import type { SessionRows } from '../sessions/session-rows.ts'
import { isLetOut } from './outside-when.ts'
import { toDestination } from './destination-rows.ts'
import type { DestinationLookUps } from './grant-destination.ts'
import type { Authorization, AuthorizeRequest, DestinationTarget, RefusalCause } from './types.ts'

/** What the ACL looks up. */
export interface AuthorizeDeps extends DestinationLookUps {
  readonly sessions: Pick<SessionRows, 'find'>
  readonly heard: Pick<HeardRows, 'hasStranger' | 'hasStrangerAt'>
  readonly approvals: Pick<ApprovalRows, 'byKey'>
  readonly policies: Pick<PolicyRows, 'effective'>
}

function refused(cause: RefusalCause, reason: string): Authorization & { allowed: false } {
  return { allowed: false, cause, reason, mayAsk: false }
}

/** The target at a place, if it is there to be written to. */
function targetAt({ chats, agents }: AuthorizeDeps, place: Place): DestinationTarget | undefined {
  if (place.channelType === agentChannelType) {
    const agent = agents.findLive(place.platformId)
    return agent && { type: 'agent', agentGroupId: agent.id }
  }
  const chat = chats.findPlace(place)
  return chat && { type: 'channel', messagingGroupId: chat.id }
}

/** Why whom a session has heard forbids it to write to a place; undefined where it does not. */
function strangerIn(
  { sessions, heard, approvals }: AuthorizeDeps,
  { agentGroupId, sessionId, target, messageOutId }: AuthorizeRequest,
): 'unknown' | 'outside-when' | undefined {
  if (sessionId === null) return undefined
  if (sessions.find(sessionId)?.agentGroupId !== agentGroupId) return 'unknown'
  if (!heard.hasStranger(sessionId, agentGroupId)) return undefined
  // Where only members have spoken, it would carry a stranger's wish there.
  if (heard.hasStrangerAt(sessionId, agentGroupId, target)) return undefined
  if (messageOutId === undefined) return 'outside-when'
  const of = { agentGroupId, sessionId, target, messageOutId }
  return isLetOut(approvals, of) ? undefined : 'outside-when'
}

/** The ACL, inside the caller's read. Fails closed (invariant I13). */
export function authorizeDelivery(deps: AuthorizeDeps, request: AuthorizeRequest): Authorization {
  const { agentGroupId, sessionId, target: place } = request
  if (deps.agents.findLive(agentGroupId) === undefined) {
    return refused('unknown', `there is no agent ${agentGroupId}, or it has been deleted`)
  }
  const target = targetAt(deps, place)
  if (target === undefined) {
    const what = place.channelType === agentChannelType ? 'agent' : 'chat'
    return refused('unknown', `there is no ${what} at ${namePlace(place)}, or it has been deleted`)
  }
  const row = deps.rows.liveByTarget(agentGroupId, target)
  if (row === undefined) {
    const where = namePlace(place)
    const reason = `this agent has no destination at ${where}, or it has been revoked`
    return refused('no-destination', reason)
  }
  const destination = toDestination(row)
  if (destination.when === 'anyone') return { allowed: true, destination }
  switch (strangerIn(deps, request)) {
    case undefined:
      return { allowed: true, destination }
    case 'unknown':
      return refused('unknown', `agent ${agentGroupId} has no session ${String(sessionId)}`)
    case 'outside-when':
      return {
        ...refused(
          'outside-when',
          `somebody who is no member has spoken to this session, so that it may write only to where a stranger has spoken to it, until it is cleared; the destination ${destination.localName} is for members`,
        ),
        mayAsk: deps.policies.effective(agentGroupId, 'outside_when') === 'ask',
        destination,
      }
  }
}
