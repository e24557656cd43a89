import type { MessageEvent } from '@nanoclaw/adapters'
import { z } from 'zod'
import type { ParrotUpdate } from './parrot-api.ts'

/** A message somebody wrote. What a server sends is checked where it comes in. */
const messageShape = z.object({
  type: z.literal('message'),
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

/**
 * An update in the words of the channel contract. Undefined for what the bot itself has said, and
 * for what this adapter does not know: it must not stop what comes after it.
 */
export function toEvent(
  update: ParrotUpdate,
  { selfId, instance }: { readonly selfId: string; readonly instance: string },
): MessageEvent | undefined {
  const known = messageShape.safeParse(update)
  if (!known.success || known.data.from.id === selfId) return undefined
  const { chat, from, message } = known.data
  return {
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
  }
}
