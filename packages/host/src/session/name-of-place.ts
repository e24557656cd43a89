import type { Core } from '@nanoclaw/core'
import { agentChannelType, type Place } from '@nanoclaw/schema'
import { channelName } from '../channels/channel-name.ts'

/** The agent's local name of a place, or what it is on the platform when it has none. */
export async function nameOfPlace(core: Core, agentGroupId: string, place: Place): Promise<string> {
  const isAgent = place.channelType === agentChannelType
  const chat = isAgent ? undefined : await core.chats.find(place)
  const known = await core.destinations.list(agentGroupId)
  const named = known.find(({ target }) =>
    target.type === 'channel'
      ? target.messagingGroupId === chat?.id
      : isAgent && target.agentGroupId === place.platformId,
  )
  const { channelType, channelInstance: instance, platformId } = place
  return named?.localName ?? `${channelName({ channelType, instance })}:${platformId}`
}
