import type { ByteStream } from './events.ts'

/** Where something is sent: a chat of this adapter and perhaps a thread in it. */
export interface Origin {
  /** The platform's id of the chat. */
  readonly chatId: string
  /** The platform's id of the thread, or null. */
  readonly threadId: string | null
}

/** Text as Markdown, never longer than `capabilities.textLength`. */
export interface TextPart {
  readonly type: 'text'
  readonly text: string
}

/** A file. `name` is already safe. */
export interface FilePart {
  readonly type: 'file'
  readonly name: string
  readonly mime: string
  /** In bytes, when known. */
  readonly size?: number
  /** The content from its start; every call gives a new stream. */
  open(): ByteStream
}

/** Replaces the text of a message that this bot has sent. */
export interface EditPart {
  readonly type: 'edit'
  readonly platformMessageId: string
  readonly text: string
}

/** Puts a reaction on a message. */
export interface ReactionPart {
  readonly type: 'reaction'
  readonly platformMessageId: string
  readonly emoji: string
}

/** One button of a question. */
export interface QuestionButton {
  /** What is written on it. */
  readonly label: string
  /** What comes back in the `button` event. */
  readonly value: string
}

/** A question with buttons, within `capabilities.buttons`. */
export interface QuestionPart {
  readonly type: 'question'
  /** Comes back in the `button` event. */
  readonly questionId: string
  readonly title: string
  readonly question: string
  readonly buttons: readonly QuestionButton[]
  /** The same as text with numbered answers, for notifications and places without buttons. */
  readonly fallbackText: string
}

/** A card: what it may hold is the platform's own affair; what the platform refuses is terminal. */
export interface CardPart {
  readonly type: 'card'
  readonly card: Readonly<Record<string, unknown>>
  /** The same as text. */
  readonly fallbackText: string
}

/** What one `deliver` sends: one message, or one change to one, on the platform. */
export type OutboundPart = TextPart | FilePart | EditPart | ReactionPart | QuestionPart | CardPart

/** Who speaks: several agents may share one chat. */
export interface Author {
  /** Stable id of the agent. */
  readonly id: string
  /** Its display name; not trusted. */
  readonly name: string
}

/** What goes along with a part. */
export interface DeliverOptions {
  /**
   * Names this send for ever, across retries and restarts: the platform's idempotency key. Edits and
   * reactions have one, too.
   */
  readonly key: string
  /**
   * Aborted at the host's time-out or shutdown. `deliver` then settles soon: with
   * {@link RetryableDeliveryError} if nothing has left yet, else with {@link UnknownOutcomeError}.
   */
  readonly signal: AbortSignal
  /** The agent that speaks. */
  readonly author: Author
}

/**
 * `sent`: it stands in the chat. `queued`: the platform took it and will send it. The id of an edit
 * or a reaction is that of the message that it changed.
 */
export type DeliveryResult =
  { readonly status: 'sent'; readonly platformMessageId?: string } | { readonly status: 'queued' }

/** What became of something `queued`, told later by `AdapterContext.deliveryUpdate`. */
export type DeliveryUpdate =
  | { readonly status: 'delivered'; readonly platformMessageId?: string }
  | { readonly status: 'failed'; readonly reason: string }

/** What the platform answers when asked for a send by its key. */
export type ReconcileResult =
  | { readonly outcome: 'sent'; readonly platformMessageId?: string }
  | { readonly outcome: 'not-sent' }
  | { readonly outcome: 'unknown' }
