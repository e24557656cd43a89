import type { Core } from '@nanoclaw/core'
import type { Place } from '@nanoclaw/schema'

/** The agent's local name of a place, or what it is on the platform when it has none. */
export async function nameOfPlace(core: Core, agentGroupId: string, place: Place): Promise<string> {
  const chat = await core.chats.find(place)
  const known = await core.destinations.list(agentGroupId)
  const named = known.find(
    ({ target }) => target.type === 'channel' && target.messagingGroupId === chat?.id,
  )
  return named?.localName ?? `${place.channelType}:${place.platformId}`
}
