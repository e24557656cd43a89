import * as z from 'zod'

const attachment = z.object({
  /** `image`, `audio`, `video` or `file`. */
  type: z.string(),
  name: z.string(),
  mime: z.string().optional(),
  /** In bytes. */
  size: z.number().int().nonnegative().optional(),
  /** Path below the session's inbox; absent when the host could not keep the file. */
  localPath: z.string().optional(),
})

/** `messages_in.content` of kind `chat`. */
export const chatContent = z.looseObject({
  text: z.string(),
  sender: z.string(),
  senderId: z.string(),
  attachments: z.array(attachment).optional(),
  replyTo: z
    .object({
      sender: z.string(),
      /** Absent where the agent is quoted; `''`: the platform does not say who is. */
      senderId: z.string().optional(),
      text: z.string(),
      seq: z.number().int().optional(),
    })
    .optional(),
  event: z.enum(['message', 'edit', 'delete', 'reaction']).optional(),
})

/** `messages_in.content` of kind `task`. */
export const taskContent = z.looseObject({
  prompt: z.string(),
  script: z.string().optional(),
  scriptOutput: z.string().optional(),
})

/** `messages_in.content` of kind `webhook`. */
export const webhookContent = z.looseObject({
  source: z.string(),
  event: z.string(),
  payload: z.unknown(),
})

/** `messages_in.content` of kind `system`, told apart by `type`. */
export const systemContent = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('question_response'),
    questionId: z.string(),
    selectedOption: z.string(),
    userId: z.string(),
  }),
  z.looseObject({
    type: z.literal('action_result'),
    actionId: z.string(),
    ok: z.boolean(),
    result: z.unknown().optional(),
    reason: z.string().optional(),
  }),
  z.looseObject({ type: z.literal('command'), command: z.enum(['stop', 'clear', 'compact']) }),
  z.looseObject({ type: z.literal('approval_result') }),
  /** The agent has written more than is taken at once; what is held back is kept. */
  z.looseObject({ type: z.literal('output_held'), reason: z.string() }),
  z.looseObject({
    type: z.enum(['delivery_failed', 'delivery_refused']),
    /** The agent's number of the message that did not arrive. */
    seq: z.number().int(),
    destination: z.string(),
    reason: z.string(),
  }),
])

/** Kinds of `messages_in` rows. `chat-sdk` carries the fields of `chat` and more. */
export const inboundKind = z.enum(['chat', 'chat-sdk', 'task', 'webhook', 'system'])

/** What an inbound row says, by its kind. */
export const inboundContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('chat'), content: chatContent }),
  z.object({ kind: z.literal('chat-sdk'), content: chatContent }),
  z.object({ kind: z.literal('task'), content: taskContent }),
  z.object({ kind: z.literal('webhook'), content: webhookContent }),
  z.object({ kind: z.literal('system'), content: systemContent }),
])

/** Kinds of `messages_in` rows. */
export type InboundKind = z.infer<typeof inboundKind>
/** What a `chat` row for the agent says; fields of later versions are kept. */
export type ChatContent = z.infer<typeof chatContent>
/** What a `task` row says: the prompt of something that was due. */
export type TaskContent = z.infer<typeof taskContent>
/** What a `webhook` row says; `payload` is as it came, of any shape. */
export type WebhookContent = z.infer<typeof webhookContent>
/** What a `system` row for the agent says, told apart by `type`. */
export type SystemContent = z.infer<typeof systemContent>
/** An inbound row, told apart by `kind`. */
export type InboundContent = z.infer<typeof inboundContent>
