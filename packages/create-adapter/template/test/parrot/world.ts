import { randomUUID } from 'node:crypto'

/** What goes wrong with the next message that a bot sends. */
export type ParrotFault =
  /** 503: not taken. */
  | 'unavailable'
  /** 429 with `retry-after`: not taken. */
  | 'slow-down'
  /** 429 without: not taken. */
  | 'slow-down-bare'
  /** The connection is cut, and it was not taken. */
  | 'cut-before'
  /** Taken and shown; then the connection is cut. */
  | 'cut-after'
  /** 500, and yet it was taken and is shown. */
  | 'broken-after'
  /** Not taken, and never answered. */
  | 'silence'

/** A message that stands in a chat. */
export interface ParrotPost {
  readonly id: string
  readonly chat: string
  readonly thread: string | null
  readonly from: { readonly id: string; readonly name: string; readonly bot: boolean }
  readonly text: string
  readonly sentAt: string
}

/** What a person writes. */
export interface ParrotLine {
  readonly chat: string
  readonly text: string
  readonly name?: string | undefined
  readonly thread?: string | null
  /** Another bot writes, not a person. */
  readonly bot?: boolean
}

/** What the documents of Parrot do not speak of. */
interface Unforeseen {
  readonly words: string
}

const KEY_WINDOW_MS = 5 * 60_000

/** Chats, messages and one bot, in memory. */
export class ParrotWorld {
  readonly botId = 'bot-1'
  /** What stands in the chats, oldest first. */
  readonly posts: ParrotPost[] = []
  /** What the bot is told of, in order; the same message twice after a hiccup. */
  readonly #told: (ParrotPost | Unforeseen)[] = []
  /** What the next sends meet, in order. */
  readonly faults: ParrotFault[] = []
  /** The highest update that the bot has confirmed. */
  confirmed = 0
  /** What is accepted as the bot's token; undefined after it was revoked. */
  token: string | undefined = randomUUID()
  /** Every request for updates is answered with 500, and everything else works. */
  updatesFail = false
  /** How far this Parrot's clock is ahead. */
  aheadMs = 0
  readonly #gone = new Set<string>()
  readonly #byKey = new Map<string, { readonly post: ParrotPost; readonly at: number }>()
  readonly #listeners = new Set<() => void>()

  /** A person writes. Gives the message's id. */
  say({ chat, text, name = 'Ann', thread = null, bot = false }: ParrotLine): string {
    return this.#add(chat, thread, text, { id: bot ? 'bot-2' : 'person-ann', name, bot }).id
  }

  /** The bot is told of this text, in a kind of chat that did not exist before. */
  sayUnforeseen(words: string): void {
    this.#tell({ words })
  }

  /** The bot writes; the same key within five minutes gives the first message again. */
  send(chat: string, thread: string | null, text: string, key: string | undefined): ParrotPost {
    const known = key === undefined ? undefined : this.#byKey.get(key)
    if (known !== undefined && this.#now() - known.at < KEY_WINDOW_MS) return known.post
    const post = this.#add(chat, thread, text, { id: this.botId, name: 'Parrot bot', bot: true })
    if (key !== undefined) this.#byKey.set(key, { post, at: this.#now() })
    return post
  }

  /** The chat is deleted. */
  remove(chat: string): void {
    this.#gone.add(chat)
  }

  has(chat: string): boolean {
    return !this.#gone.has(chat)
  }

  /** Updates after that one: everybody's messages, the bot's own too. */
  updatesAfter(seq: number): readonly object[] {
    return this.#told.slice(seq).map((told, index) => {
      const update = { seq: seq + index + 1, type: 'message' }
      if ('words' in told) {
        return { ...update, chat: { id: 'stage', kind: 'broadcast' }, message: told.words }
      }
      const { chat, from, thread, ...message } = told
      return {
        ...update,
        chat: { id: chat, kind: chat.startsWith('dm-') ? 'direct' : 'group' },
        from,
        message: { ...message, thread, mentionsYou: message.text.includes('@bot') },
      }
    })
  }

  /** Calls the listener after each update, until the function that it returns is called. */
  onUpdate(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether the bot has confirmed what it was told of this message. */
  isConfirmed(id: string): boolean {
    const index = this.#told.findIndex((told) => 'id' in told && told.id === id)
    return index < this.confirmed
  }

  /** Tells the bot of a message again, as after a hiccup. */
  repeat(id: string): void {
    const post = this.posts.find((one) => one.id === id)
    if (post !== undefined) this.#tell(post)
  }

  #add(
    chat: string,
    thread: string | null,
    text: string,
    from: { readonly id: string; readonly name: string; readonly bot: boolean },
  ): ParrotPost {
    const sentAt = new Date(this.#now()).toISOString()
    const post = { id: randomUUID(), chat, thread, from, text, sentAt }
    this.posts.push(post)
    this.#tell(post)
    return post
  }

  #now(): number {
    return Date.now() + this.aheadMs
  }

  #tell(what: ParrotPost | Unforeseen): void {
    this.#told.push(what)
    for (const listener of [...this.#listeners]) listener()
  }
}
