import { TerminalDeliveryError, type Origin, type OutboundPart } from '@nanoclaw/adapters'
import type { Send } from './pigeon-api.ts'

/**
 * The request that sends a part.
 * @throws TerminalDeliveryError Pigeon has nothing of that kind.
 */
export function toSend({ chatId, threadId }: Origin, part: OutboundPart, nonce: string): Send {
  switch (part.type) {
    case 'text': {
      const path = `rooms/${encodeURIComponent(chatId)}/messages`
      const thread = threadId === null ? {} : { thread: threadId }
      return { method: 'POST', path, body: { text: part.text, ...thread, nonce } }
    }
    case 'edit': {
      const path = `messages/${encodeURIComponent(part.platformMessageId)}`
      return { method: 'PATCH', path, body: { text: part.text, nonce } }
    }
    case 'reaction': {
      const path = `messages/${encodeURIComponent(part.platformMessageId)}/reactions`
      return { method: 'PUT', path, body: { emoji: part.emoji, nonce } }
    }
    default:
      throw new TerminalDeliveryError(`Pigeon takes no ${part.type}.`)
  }
}
