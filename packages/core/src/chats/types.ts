import type { Place, UnknownSenders } from '@nanoclaw/schema'

/** A chat: one place on a channel. */
export interface Chat extends Place {
  readonly id: string
  /** As people see it. */
  readonly name: string
  /** ISO-8601 UTC. */
  readonly createdAt: string
  /** What becomes of messages of people who are no members of the agent. */
  readonly unknownSenders: UnknownSenders
  /** As the channel said last; null: it has not yet. */
  readonly kind: ChatKind | null
  /** ISO-8601 UTC; null: it has not been deleted. */
  readonly deletedAt: string | null
}

/** What kind of place a chat is: `direct` is one person and the bot. */
export type ChatKind = 'direct' | 'group' | 'channel'

/** A new chat. */
export interface NewChat {
  readonly channelType: string
  /** Which of several bots of one platform; default `''`, the only one. */
  readonly channelInstance?: string | undefined
  readonly platformId: string
  /** As people see it; 1 to 200 characters. */
  readonly name: string
  /**
   * What becomes of messages of people who are no members of the agent: `strict` (the default), it is
   * not given them; `request_approval`, a person is asked about each of them; `public`, it is.
   */
  readonly unknownSenders?: UnknownSenders | undefined
  /** Default: not known until the channel says so. */
  readonly kind?: ChatKind | undefined
}

/** Settings of a chat to be changed. What is left out stays. */
export type ChatChange = Partial<Pick<NewChat, 'name' | 'unknownSenders' | 'kind'>>

/** The chats of an installation. */
export interface Chats {
  /**
   * Durable. One that was deleted is there again under its old id, with its old names for those who are
   * granted it. Throws `bad-option` for an unusable place or name, `taken` when the place is known.
   */
  create(chat: NewChat): Promise<Chat>
  /** Holds for the next message on. Durable. Throws `not-found`, `bad-option` for an unusable name. */
  update(id: string, change: ChatChange): Promise<Chat>
  /** Deleted ones too; undefined for an id that there is not. */
  get(id: string): Promise<Chat | undefined>
  /** By place, by index; undefined where no chat is there, or it has been deleted. */
  find(place: Place): Promise<Chat | undefined>
  /** Whether a chat was there that somebody has deleted. */
  wasDeleted(place: Place): Promise<boolean>
  /** Those that have not been deleted, oldest first. */
  list(): Promise<readonly Chat[]>
  /**
   * Leaves a tombstone: no agent hears it any more, every destination there is revoked, in one
   * transaction, and its names are given to nothing else. `by` is whose word it is, for the audit log: an
   * id, or `operator`, the default. Durable. Throws `not-found`.
   */
  delete(id: string, by?: string): Promise<void>
}
