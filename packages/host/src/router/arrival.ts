import type { InboundEvent } from '@nanoclaw/adapters'
import { userId, type Place } from '@nanoclaw/schema'
import type { Router, RouterDeps } from './types.ts'
import { createMeetChat } from './unknown-chat.ts'

/** Keeps what channels say of their chats and people. */
export function createArrival(deps: Pick<RouterDeps, 'core' | 'onDirectChat'>): Router['arrive'] {
  const { core } = deps
  const meet = createMeetChat(core)

  return async ({ channelType, instance: channelInstance }, event) => {
    if (event.instance !== channelInstance || event.sender.isSelf) return
    const place: Place = { channelType, channelInstance, platformId: event.chatId }
    const chat = (await core.chats.find(place)) ?? (await meet(place, event))
    if (chat === undefined) return
    const { chatKind: kind, sender } = event satisfies InboundEvent
    if (chat.kind !== kind) await core.chats.update(chat.id, { kind })
    if (kind !== 'direct') return
    const id = userId({ channelType, channelInstance, handle: sender.id })
    const known = await core.people.user(id)
    if (known === undefined || known.directChatId === chat.id) return
    await core.people.noteDirectChat(id, chat.id)
    deps.onDirectChat?.()
  }
}
