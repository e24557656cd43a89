import type { Agent, Chat, Core } from '@nanoclaw/core'
import type { Place } from '@nanoclaw/schema'
import type { ChatEntry } from '../config/channel-entries.ts'

/**
 * The chat at a place, made where it is not known yet, and wired to the agent unless some agent
 * listens to it already. The same again changes nothing.
 */
export async function wireChat(
  core: Core,
  agent: Agent,
  place: Place,
  { name, unknownSenders }: Pick<ChatEntry, 'name' | 'unknownSenders'>,
): Promise<Chat> {
  const chat =
    (await core.chats.find(place)) ?? (await core.chats.create({ ...place, name, unknownSenders }))
  const wirings = await core.wirings.forChat(chat.id)
  if (wirings.length > 0) return chat
  await core.wirings.create({
    agentGroupId: agent.id,
    messagingGroupId: chat.id,
    sessionMode: 'shared',
    engageMode: 'always',
  })
  return chat
}
