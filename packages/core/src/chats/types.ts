import type { Place } from '@nanoclaw/schema'

/** A chat: one place on a channel. */
export interface Chat extends Place {
  readonly id: string
  /** As people see it. */
  readonly name: string
  /** ISO-8601 UTC. */
  readonly createdAt: string
}

/** A new chat. */
export interface NewChat {
  readonly channelType: string
  /** Which of several bots of one platform; default `''`, the only one. */
  readonly channelInstance?: string | undefined
  readonly platformId: string
  /** As people see it; 1 to 200 characters. */
  readonly name: string
}

/** The chats of an installation. */
export interface Chats {
  /** Durable. Throws `bad-option` for an unusable place or name, `taken` when the place is known. */
  create(chat: NewChat): Promise<Chat>
  /** Undefined for an id that there is not. */
  get(id: string): Promise<Chat | undefined>
  /** By place, by index; undefined where no chat is there. */
  find(place: Place): Promise<Chat | undefined>
  /** Oldest first. */
  list(): Promise<readonly Chat[]>
}
