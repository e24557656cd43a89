import * as z from 'zod'

/** `messages_out.content` of kind `chat`: a message, an edit of one, or a reaction to one. */
export const chatOutput = z.union([
  z.object({ operation: z.literal('edit'), messageId: z.number().int(), text: z.string() }),
  z.object({ operation: z.literal('reaction'), messageId: z.number().int(), emoji: z.string() }),
  z.object({
    operation: z.undefined().optional(),
    text: z.string(),
    files: z.array(z.string()).optional(),
  }),
])

/** `messages_out.content` of kind `chat-sdk`: a question or a card. */
export const chatSdkOutput = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ask_question'),
    questionId: z.string(),
    title: z.string(),
    question: z.string(),
    options: z.array(z.object({ label: z.string(), value: z.string() })).min(1),
  }),
  z.object({ type: z.literal('card'), card: z.unknown(), fallbackText: z.string() }),
])

/** System actions an agent may ask for. */
export const systemAction = z.enum([
  'schedule_task',
  'update_task',
  'cancel_task',
  'pause_task',
  'resume_task',
  'create_agent',
  'install_packages',
  'add_mcp_server',
  'request_rebuild',
])

/** `messages_out.content` of kind `system`. */
export const systemOutput = z.looseObject({ action: systemAction })

/** Kinds of `messages_out` rows. */
export const outboundKind = z.enum(['chat', 'chat-sdk', 'system'])

/** What an outbound row says, by its kind. */
export const outboundContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('chat'), content: chatOutput }),
  z.object({ kind: z.literal('chat-sdk'), content: chatSdkOutput }),
  z.object({ kind: z.literal('system'), content: systemOutput }),
])

/** Kinds of `messages_out` rows. */
export type OutboundKind = z.infer<typeof outboundKind>
/** What a `chat` row of the agent says. */
export type ChatOutput = z.infer<typeof chatOutput>
/** What a `chat-sdk` row of the agent says. */
export type ChatSdkOutput = z.infer<typeof chatSdkOutput>
/** What a `system` row of the agent asks the host for. */
export type SystemOutput = z.infer<typeof systemOutput>
/** An outbound row, told apart by `kind`. */
export type OutboundContent = z.infer<typeof outboundContent>
