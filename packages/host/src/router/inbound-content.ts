import type { InboundEvent, MessageEvent } from '@nanoclaw/adapters'
import type { ChatContent } from '@nanoclaw/schema'

type Attachments = NonNullable<ChatContent['attachments']>

/** Files are not fetched yet: the agent sees that there was one, by name, without a path. */
function attachmentsOf(event: { readonly attachments: MessageEvent['attachments'] }): {
  attachments?: Attachments
} {
  if (event.attachments.length === 0) return {}
  return {
    attachments: event.attachments.map(({ type, name, mime, size }) => ({
      type,
      name,
      mime,
      ...(size === undefined ? {} : { size }),
    })),
  }
}

function replyOf(event: MessageEvent): Pick<ChatContent, 'replyTo'> {
  if (event.replyTo === undefined) return {}
  const { sender, text = '' } = event.replyTo
  const isOwn = sender?.isSelf === true || text === ''
  const whose = isOwn ? {} : { senderId: sender?.id ?? '' }
  return { replyTo: { sender: sender?.name ?? 'unknown', ...whose, text } }
}

/** What an event says, as a chat row; undefined for events that are no message to an agent. */
export function chatContentOf(event: InboundEvent): ChatContent | undefined {
  const who = { sender: event.sender.name, senderId: event.sender.id }
  switch (event.type) {
    case 'message':
      return { ...who, text: event.text, ...attachmentsOf(event), ...replyOf(event) }
    case 'edit':
      return { ...who, event: 'edit', text: event.text, ...attachmentsOf(event) }
    case 'delete':
      return { ...who, event: 'delete', text: '' }
    case 'reaction':
      return { ...who, event: 'reaction', text: event.removed ? `-${event.emoji}` : event.emoji }
    case 'button':
    case 'membership':
      return undefined
    default:
      return event satisfies never
  }
}
