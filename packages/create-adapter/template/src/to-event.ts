import type { MessageEvent } from '@nanoclaw/adapters'
import { z } from 'zod'
import type { ParrotUpdate } from './parrot-api.ts'

/** A message somebody wrote. What a server sends is checked where it comes in. */
const messageShape = z.object({
  chat: z.object({ id: z.string().min(1), kind: z.enum(['direct', 'group']) }),
  from: z.object({ id: z.string().min(1), name: z.string(), bot: z.boolean() }),
  message: z.object({
    id: z.string().min(1),
    thread: z.string().min(1).nullable(),
    text: z.string(),
    mentionsYou: z.boolean(),
    sentAt: z.iso.datetime(),
  }),
})

/** What an update is to the host. */
export type Translation =
  | { readonly kind: 'event'; readonly event: MessageEvent }
  /** The bot's own message, or something of which this adapter has nothing to tell. */
  | { readonly kind: 'nothing' }
  /** A message that is not what Parrot's documents say; these fields are not. */
  | { readonly kind: 'unreadable'; readonly fields: readonly string[] }

/** An update in the words of the channel contract. Never throws: it must not stop the next ones. */
export function toEvent(
  update: ParrotUpdate,
  { selfId, instance }: { readonly selfId: string; readonly instance: string },
): Translation {
  if (update.type !== 'message') return { kind: 'nothing' }
  const known = messageShape.safeParse(update)
  if (!known.success) {
    return { kind: 'unreadable', fields: known.error.issues.map(({ path }) => path.join('.')) }
  }
  const { chat, from, message } = known.data
  if (from.id === selfId) return { kind: 'nothing' }
  return {
    kind: 'event',
    event: {
      type: 'message',
      instance,
      chatId: chat.id,
      threadId: message.thread,
      chatKind: chat.kind,
      addressed: chat.kind === 'direct' ? 'direct' : message.mentionsYou ? 'mention' : 'none',
      sender: { id: from.id, name: from.name, isBot: from.bot, isSelf: false },
      platformMessageId: message.id,
      sentAt: new Date(message.sentAt).toISOString(),
      text: message.text,
      attachments: [],
    },
  }
}
