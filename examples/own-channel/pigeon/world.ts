/** A chat room, as the service tells of it. */
export interface Room {
  readonly id: string
  readonly name: string
  /** A stage is newer than what README.md says. */
  readonly kind: 'direct' | 'group' | 'stage'
}

/** A person or a bot. */
export interface Member {
  readonly id: string
  readonly name: string
  readonly bot: boolean
}

/** A message, as the service tells of it. */
export interface Message {
  readonly id: string
  readonly thread: string | null
  readonly text: string
  readonly replyTo: string | null
  readonly version: number
}

/** One thing that happened, as `GET /v1/updates` gives it. */
export interface Update {
  readonly offset: number
  readonly type: 'message' | 'edited' | 'reaction'
  readonly room: Room
  readonly message: Message
  readonly from: Member
  readonly mentionsYou: boolean
  readonly at: string
  readonly emoji?: string
  readonly removed?: boolean
}

/** What a reader of a room sees. */
export interface Post extends Message {
  readonly room: Room
  readonly from: Member
  readonly reactions: readonly string[]
}

/** What a person writes; by default outside any thread, as Ann. */
export interface Writing {
  readonly text: string
  readonly senderName?: string | undefined
  /** Whether it is not a person, but another bot. */
  readonly asBot?: boolean | undefined
  readonly thread?: string | undefined
  readonly replyTo?: string | undefined
}

/** Why the service refuses a request. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, code: string) {
    super(code)
    this.status = status
  }
}

const longestText = 2_000
const nonceHoldsMs = 5 * 60_000
const sendsKnownMs = 24 * 60 * 60_000

/** The bot of every world. */
export const bot: Member = { id: 'bot-1', name: 'Bot', bot: true }

/** Rooms, messages and updates: the service without its HTTP. */
export class World {
  readonly #rooms = new Map<string, Room>()
  readonly #posts = new Map<string, Post>()
  readonly #sends = new Map<string, { readonly id: string; readonly at: number }>()
  readonly #updates: Update[] = []
  readonly #listeners = new Set<() => void>()
  #confirmed = 0
  #given = 0
  #ids = 0
  /** Milliseconds that are added to the machine's clock. */
  skewMs = 0

  addRoom(name: string, kind: Room['kind']): Room {
    const room = { id: this.#newId('room'), name, kind }
    this.#rooms.set(room.id, room)
    return room
  }

  removeRoom(id: string): void {
    this.#rooms.delete(id)
  }

  roomsNamed(name: string | null): Room[] {
    return [...this.#rooms.values()].filter((room) => name === null || room.name === name)
  }

  get posts(): readonly Post[] {
    return [...this.#posts.values()]
  }

  /** Everything that has happened, oldest first. */
  get history(): readonly Update[] {
    return [...this.#updates]
  }

  /** Offsets up to this one have been confirmed by the bot. */
  get confirmedOffset(): number {
    return this.#confirmed
  }

  /** A person or another bot writes into a room. */
  write(roomId: string, writing: Writing): Update {
    const { text, senderName = 'Ann', asBot = false, thread, replyTo } = writing
    const from = { id: `${asBot ? 'b' : 'u'}-${senderName}`, name: senderName, bot: asBot }
    return this.#post(this.#room(roomId), from, { text, thread: thread ?? null, replyTo })
  }

  /** A person changes what they wrote. */
  rewrite(id: string, text: string): Update {
    return this.#change(id, text)
  }

  /** Somebody reacts to a message, or takes that back. */
  react(id: string, emoji: string, from: Member, removed = false): Update {
    const post = this.#found(id)
    const others = post.reactions.filter((one) => one !== emoji)
    const changed = { ...post, reactions: removed ? others : [...others, emoji] }
    this.#posts.set(id, changed)
    return this.#tell('reaction', changed, from, { emoji, removed })
  }

  /** The bot sends. The same nonce inside its window shows nothing new. */
  send(roomId: string, body: { text: string; thread: string | null; nonce?: string }): string {
    const room = this.#room(roomId)
    checkText(body.text)
    return this.#once(body.nonce, () => this.#post(room, bot, body).message.id)
  }

  /** The bot changes a message of its own. */
  edit(id: string, body: { text: string; nonce?: string }): string {
    if (this.#found(id).from.id !== bot.id) throw new Refusal(404, 'not_found')
    checkText(body.text)
    return this.#once(body.nonce, () => this.#change(id, body.text).message.id)
  }

  /** The bot reacts. */
  reactAsBot(id: string, body: { emoji: string; nonce?: string }): string {
    this.#found(id)
    return this.#once(body.nonce, () => this.react(id, body.emoji, bot).message.id)
  }

  /** What was sent under a nonce in the last day. */
  sentUnder(nonce: string): string | undefined {
    const send = this.#sends.get(nonce)
    return send !== undefined && this.#now() - send.at <= sendsKnownMs ? send.id : undefined
  }

  /** What is not confirmed, after the last update that was given before: it is always repeated. */
  updates(): readonly Update[] {
    const from = Math.min(this.#confirmed + 1, Math.max(this.#given, 1))
    const found = this.#updates.slice(from - 1)
    if (!found.some((update) => update.offset > this.#confirmed)) return []
    this.#given = this.#updates.length
    return found
  }

  confirm(offset: number): void {
    this.#confirmed = Math.min(Math.max(this.#confirmed, offset), this.#updates.length)
  }

  /** Calls back once, at the next update. */
  onUpdate(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #once(nonce: string | undefined, act: () => string): string {
    const known = nonce === undefined ? undefined : this.#sends.get(nonce)
    if (known !== undefined && this.#now() - known.at <= nonceHoldsMs) return known.id
    const id = act()
    if (nonce !== undefined) this.#sends.set(nonce, { id, at: this.#now() })
    return id
  }

  #post(
    room: Room,
    from: Member,
    {
      text,
      thread,
      replyTo,
    }: { text: string; thread: string | null; replyTo?: string | undefined },
  ): Update {
    const id = this.#newId('m')
    const message = { id, thread, text, replyTo: replyTo ?? null, version: 1 }
    const post = { ...message, room, from, reactions: [] }
    this.#posts.set(id, post)
    return this.#tell('message', post, from)
  }

  #change(id: string, text: string): Update {
    const post = this.#found(id)
    const changed = { ...post, text, version: post.version + 1 }
    this.#posts.set(id, changed)
    return this.#tell('edited', changed, post.from)
  }

  #tell(
    type: Update['type'],
    post: Post,
    from: Member,
    extra: { emoji?: string; removed?: boolean } = {},
  ): Update {
    const { id, thread, text, replyTo, version, room } = post
    const update: Update = {
      offset: this.#updates.length + 1,
      type,
      room,
      message: { id, thread, text, replyTo, version },
      from,
      mentionsYou: text.includes(`@${bot.name}`),
      at: new Date(this.#now()).toISOString(),
      ...extra,
    }
    this.#updates.push(update)
    for (const listener of [...this.#listeners]) listener()
    return update
  }

  #room(id: string): Room {
    const room = this.#rooms.get(id)
    if (room === undefined) throw new Refusal(404, 'not_found')
    return room
  }

  #found(id: string): Post {
    const post = this.#posts.get(id)
    if (post === undefined) throw new Refusal(404, 'not_found')
    return post
  }

  #newId(prefix: string): string {
    this.#ids += 1
    return `${prefix}-${this.#ids}`
  }

  #now(): number {
    return Date.now() + this.skewMs
  }
}

function checkText(text: string): void {
  if (text.length === 0) throw new Refusal(400, 'bad_request')
  if (text.length > longestText) throw new Refusal(413, 'too_long')
}
