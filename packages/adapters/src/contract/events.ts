/** What kind of place a chat is: `direct` is one person and the bot. */
export type ChatKind = 'direct' | 'group' | 'channel'

/**
 * How the bot was spoken to: in a direct chat, by name, by a reply to it, or not at all. Where the
 * platform does not say who wrote the answered message, the adapter remembers the bot's own ids in
 * its state. Of an edit it is what it would be of the message as it is now; of all other events
 * `direct` in a direct chat, and `none` elsewhere.
 */
export type Addressed = 'direct' | 'mention' | 'reply' | 'none'

/** Who did it, as the platform says. Names are chosen by strangers: never trust them. */
export interface Sender {
  /** The platform's stable id of the person or bot. */
  readonly id: string
  /** Display name, as it came. */
  readonly name: string
  /** A bot or an integration. */
  readonly isBot: boolean
  /** This very bot. Such events are never handed over. */
  readonly isSelf: boolean
}

/** A stream of bytes: web streams and Node's readable streams both fit. */
export type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** A file that came with a message. Name, mime and size are claims of a stranger. */
export interface InboundAttachment {
  /** What the platform calls it. */
  readonly type: 'image' | 'audio' | 'video' | 'file'
  /** Declared file name, as it came (`../../x` included): the host makes a safe one. */
  readonly name: string
  /** Declared media type. */
  readonly mime: string
  /** Declared size in bytes, where the platform says it. */
  readonly size?: number
  /**
   * Starts the download; called at most once, only if the host wants the file. Rejects, or the
   * stream does, when the platform does not give it.
   */
  open(): ByteStream | Promise<ByteStream>
}

/** The message that a message answers. */
export interface ReplyReference {
  /** The platform's id of that message. */
  readonly platformMessageId: string
  /** Who wrote it, where the platform says it. */
  readonly sender?: Sender
  /** Its text, where the platform sends it along. */
  readonly text?: string
}

/**
 * What every event has. `(instance, chatId, type, platformMessageId, revision)` names an event for
 * ever: the same event handed over twice, after a restart too, has the same five, and two events
 * never do. The host lets no event in twice by it.
 */
export interface InboundEventBase {
  /** Which of several bots of the platform: the adapter's own `instance`. */
  readonly instance: string
  /** The platform's id of the chat. */
  readonly chatId: string
  /**
   * The platform's id of the thread, null outside any; of an edit or a reaction, too, though the
   * adapter has to look it up or to remember it.
   */
  readonly threadId: string | null
  /** What kind of place this is. */
  readonly chatKind: ChatKind
  /** How the bot was spoken to. */
  readonly addressed: Addressed
  /** Who did it. */
  readonly sender: Sender
  /** The platform's id of the message that the event is about. */
  readonly platformMessageId: string
  /**
   * Tells events of one type about one message apart: an edit's version, the platform's id of the
   * event. What a repetition of the same event keeps, and no other event has.
   */
  readonly revision?: string
  /** When it happened, ISO-8601 UTC with milliseconds and `Z`. */
  readonly sentAt: string
}

/** Somebody wrote a message. */
export interface MessageEvent extends InboundEventBase {
  readonly type: 'message'
  /** The text as Markdown of the platform, mentions resolved to names; may be empty. */
  readonly text: string
  /** Files, lazily; empty when there are none. */
  readonly attachments: readonly InboundAttachment[]
  /** The message it answers, if it does. */
  readonly replyTo?: ReplyReference
}

/** Somebody changed a message; `text` and `attachments` are those after the change. */
export interface EditEvent extends InboundEventBase {
  readonly type: 'edit'
  /** Another one for each change. */
  readonly revision: string
  /** The whole text after the change. */
  readonly text: string
  /** All files after the change. */
  readonly attachments: readonly InboundAttachment[]
}

/** A message was deleted. */
export interface DeleteEvent extends InboundEventBase {
  readonly type: 'delete'
}

/** Somebody put a reaction on a message, or took it away. */
export interface ReactionEvent extends InboundEventBase {
  readonly type: 'reaction'
  /** Another one each time it is put or taken away: on, off and on again are three. */
  readonly revision: string
  /** The emoji, or the platform's name for a custom one. */
  readonly emoji: string
  /** True when it was taken away. */
  readonly removed: boolean
}

/** Somebody pressed a button of a `question` part; `platformMessageId` is the question's. */
export interface ButtonEvent extends InboundEventBase {
  readonly type: 'button'
  /** Another one for each press. */
  readonly revision: string
  /** As given in the question part. */
  readonly questionId: string
  /** The pressed button's value, as given in the question part. */
  readonly value: string
}

/** Somebody, perhaps the bot itself, came into a chat or left it. */
export interface MembershipEvent extends InboundEventBase {
  readonly type: 'membership'
  /** What happened. */
  readonly change: 'joined' | 'left' | 'invited'
  /** To whom; `sender` is who did it. For the bot itself `isSelf` is true here. */
  readonly member: Sender
}

/** What an adapter hands over, told apart by `type`. */
export type InboundEvent =
  MessageEvent | EditEvent | DeleteEvent | ReactionEvent | ButtonEvent | MembershipEvent
