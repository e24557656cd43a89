import { agentChannelType, placeKey, type Place } from '@nanoclaw/schema'
import { namePlace } from '../chats/name-place.ts'
import { toDestination } from './destination-rows.ts'
import type { DestinationLookUps } from './grant-destination.ts'
import type { Authorization, AuthorizeRequest, DestinationTarget, HeardFrom } from './types.ts'

/** Whether somebody is a member. Until there are people and roles, every sender is. */
export type IsMember = (heard: HeardFrom) => boolean

/** What the ACL looks up; a part of {@link DestinationLookUps}. */
export interface AuthorizeDeps {
  readonly chats: { findPlace(place: Place): { readonly id: string } | undefined }
  readonly rows: Pick<DestinationLookUps['rows'], 'liveByTarget'>
}

function targetOf(deps: AuthorizeDeps, place: Place): DestinationTarget | undefined {
  if (place.channelType === agentChannelType) {
    return { type: 'agent', agentGroupId: place.platformId }
  }
  const chat = deps.chats.findPlace(place)
  return chat === undefined ? undefined : { type: 'channel', messagingGroupId: chat.id }
}

/** The ACL, inside the caller's read. Fails closed (invariant I13). */
export function authorizeDelivery(
  deps: AuthorizeDeps,
  isMember: IsMember,
  request: AuthorizeRequest,
): Authorization {
  const place = namePlace(request.target)
  const target = targetOf(deps, request.target)
  if (target === undefined) return { allowed: false, reason: `there is no chat at ${place}` }
  const row = deps.rows.liveByTarget(request.agentGroupId, target)
  if (row === undefined) {
    return {
      allowed: false,
      reason: `this agent has no destination at ${place}, or it has been revoked`,
    }
  }
  const destination = toDestination(row)
  if (destination.when === 'anyone') return { allowed: true, destination }
  const stranger = request.origins.some((heard) => !isMember(heard))
  const spokenTo = request.origins.some(
    (heard) => placeKey(heard.place) === placeKey(request.target),
  )
  if (stranger && !spokenTo) {
    return {
      allowed: false,
      reason: `somebody who is no member has spoken to this session, so that it may answer only where it was spoken to; the destination ${destination.localName} is for members`,
    }
  }
  return { allowed: true, destination }
}
