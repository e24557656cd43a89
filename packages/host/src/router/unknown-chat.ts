import type { InboundEvent } from '@nanoclaw/adapters'
import type { Chat, Core } from '@nanoclaw/core'
import { isNanoclawError, type Place } from '@nanoclaw/schema'
import { createPace } from './pace.ts'
import { harmless } from './say-command.ts'

/** Somebody spoke to the bot where it is not known to be: the chat, which no agent listens to yet. */
export type MeetChat = (place: Place, event: InboundEvent) => Promise<Chat | undefined>

/** Strangers may write to a bot from as many chats as they like: so many are noted in an hour. */
const mostInTime = { everyMs: 3_600_000, atMost: 20 }
const longestName = 80

async function make(core: Core, place: Place, event: InboundEvent): Promise<Chat | undefined> {
  const { chatKind: kind, sender } = event
  const who = kind === 'direct' ? harmless(sender.name) : ''
  const name = (who || harmless(place.platformId) || place.channelType).slice(0, longestName)
  try {
    return await core.chats.create({ ...place, name, kind })
  } catch (error) {
    if (isNanoclawError(error) && error.code === 'taken') return core.chats.find(place)
    throw error
  }
}

/** Makes the chat, and tells the operator how an agent comes to listen there. No session is made. */
export function createMeetChat(core: Core): MeetChat {
  const mayMake = createPace(core.clock, mostInTime)
  return async (place, event) => {
    if (event.addressed === 'none' || event.type !== 'message') return undefined
    if (await core.chats.wasDeleted(place)) return undefined
    if (!mayMake(JSON.stringify(place))) return undefined
    const chat = await make(core, place, event)
    if (chat === undefined) return undefined
    await core.incidents.open({
      kind: 'unknown-chat',
      subject: chat.id,
      message: `the bot was spoken to in ${chat.name} (${place.channelType}), where no agent listens. To let one: nanoclaw wire AGENT ${chat.id}`,
    })
    return chat
  }
}
