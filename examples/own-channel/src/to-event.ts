import type { Addressed, InboundEvent } from '@nanoclaw/adapters'
import { z } from 'zod'

const about = {
  offset: z.int(),
  room: z.object({ id: z.string().min(1), kind: z.enum(['direct', 'group']) }),
  message: z.object({
    id: z.string().min(1),
    thread: z.string().nullable(),
    text: z.string(),
    replyTo: z.string().nullable(),
    version: z.int(),
  }),
  from: z.object({ id: z.string().min(1), name: z.string(), bot: z.boolean() }),
  mentionsYou: z.boolean(),
  at: z.iso.datetime(),
}
const updateShape = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), ...about }),
  z.object({ type: z.literal('edited'), ...about }),
  z.object({ type: z.literal('reaction'), ...about, emoji: z.string(), removed: z.boolean() }),
])
type Update = z.infer<typeof updateShape>

/** Who reads the updates. */
export interface Reader {
  readonly instance: string
  /** The bot's own id. */
  readonly ownId: string
  /** Whether the bot wrote the message of this id. */
  isOwnMessage(id: string): boolean
}

/** What an update turned out to be. */
export type Reading =
  | { readonly type: 'event'; readonly event: InboundEvent }
  /** The bot did it itself; `wrote` is the id of the message, if it was a new one. */
  | { readonly type: 'own'; readonly wrote: string | undefined }
  /** Not as documented: where, without what was found there. */
  | { readonly type: 'unreadable'; readonly at: readonly string[] }

/** An update of Pigeon in the words of the contract. */
export function toEvent(raw: unknown, reader: Reader): Reading {
  const { data: update, error } = updateShape.safeParse(raw)
  if (error) return { type: 'unreadable', at: error.issues.map(({ path }) => path.join('.')) }
  const { room, message, from } = update
  if (from.id === reader.ownId) {
    return { type: 'own', wrote: update.type === 'message' ? message.id : undefined }
  }
  const base = {
    instance: reader.instance,
    chatId: room.id,
    threadId: message.thread,
    chatKind: room.kind,
    addressed: toAddressed(update, reader),
    sender: { id: from.id, name: from.name, isBot: from.bot, isSelf: false },
    platformMessageId: message.id,
    sentAt: new Date(update.at).toISOString(),
  }
  const content = { text: message.text, attachments: [] }
  switch (update.type) {
    case 'message': {
      const reply = message.replyTo !== null && { replyTo: { platformMessageId: message.replyTo } }
      return { type: 'event', event: { ...base, type: 'message', ...content, ...reply } }
    }
    case 'edited': {
      const revision = String(message.version)
      return { type: 'event', event: { ...base, type: 'edit', ...content, revision } }
    }
    case 'reaction': {
      // A repeated update keeps its offset.
      const { emoji, removed, offset } = update
      const revision = String(offset)
      return { type: 'event', event: { ...base, type: 'reaction', emoji, removed, revision } }
    }
  }
}

function toAddressed(update: Update, { isOwnMessage }: Reader): Addressed {
  const { type, room, message, mentionsYou } = update
  if (room.kind === 'direct') return 'direct'
  if (type === 'reaction') return 'none'
  if (mentionsYou) return 'mention'
  return message.replyTo !== null && isOwnMessage(message.replyTo) ? 'reply' : 'none'
}
