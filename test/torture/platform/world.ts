/** A room, as the platform tells of it. */
export interface Room {
  readonly id: string
  readonly name: string
  readonly kind: 'direct'
}

/** What a person wrote, as `GET /v1/updates` gives it. */
export interface Update {
  readonly offset: number
  readonly type: 'message'
  readonly room: Room
  readonly message: {
    readonly id: string
    readonly thread: null
    readonly text: string
    readonly replyTo: null
    readonly version: 1
  }
  readonly from: { readonly id: string; readonly name: string; readonly bot: false }
  readonly mentionsYou: false
  readonly at: string
}

/** What the bot has said, as a reader of the room sees it. */
export interface Post {
  readonly id: string
  readonly room: string
  readonly text: string
  /** What it was sent under. */
  readonly key: string
  /** ISO-8601 UTC. */
  readonly at: string
}

/** For how long the platform knows a key again, and whether it can be asked about one. */
export interface Memory {
  /** Milliseconds; undefined: it knows none. */
  readonly windowMs: number | undefined
  readonly lookUp: boolean
}

const person = { id: 'u-ann', name: 'Ann', bot: false } as const
const updatesAtOnce = 100

/** Rooms, messages and updates of a chat service: all that outlives the bot. */
export class World {
  readonly memory: Memory
  readonly #rooms = new Map<string, Room>()
  readonly #updates: Update[] = []
  readonly #posts: Post[] = []
  readonly #keys = new Map<string, { readonly id: string; readonly at: number }>()
  readonly #listeners = new Set<() => void>()
  #confirmed = 0

  constructor(memory: Memory) {
    this.memory = memory
  }

  addRoom(name: string): Room {
    const room: Room = { id: `room-${this.#rooms.size + 1}`, name, kind: 'direct' }
    this.#rooms.set(room.id, room)
    return room
  }

  get rooms(): readonly Room[] {
    return [...this.#rooms.values()]
  }

  /** What the bot has said, in the order in which it was shown. */
  get posts(): readonly Post[] {
    return this.#posts
  }

  /** Updates up to this offset are confirmed: the bot has promised to see to them. */
  get confirmedOffset(): number {
    return this.#confirmed
  }

  /** The offset of the newest update. */
  get newestOffset(): number {
    return this.#updates.length
  }

  /** Who writes. */
  readonly person = person

  /** A person writes. */
  say(room: Room, text: string): Update {
    const offset = this.#updates.length + 1
    const message = { id: `p-${offset}`, thread: null, text, replyTo: null, version: 1 } as const
    const at = new Date().toISOString()
    const about = { offset, room, message, from: person, at }
    const update: Update = { ...about, type: 'message', mentionsYou: false }
    this.#updates.push(update)
    for (const listener of [...this.#listeners]) listener()
    return update
  }

  /** What is not confirmed, oldest first, behind the last one that is: it repeats itself. */
  updates(): readonly Update[] {
    if (this.#confirmed === this.#updates.length) return []
    const from = Math.max(this.#confirmed - 1, 0)
    return this.#updates.slice(from, from + updatesAtOnce)
  }

  confirm(offset: number): void {
    this.#confirmed = Math.min(Math.max(this.#confirmed, offset), this.#updates.length)
  }

  /** Calls back at every update, until the function that it returns is called. */
  onUpdate(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  hasRoom(id: string): boolean {
    return this.#rooms.has(id)
  }

  /** Shows a message of the bot, unless its key is known; the id of what is shown. */
  send(room: string, text: string, key: string): string {
    const known = this.#keys.get(key)
    const { windowMs } = this.memory
    const now = performance.now()
    if (known !== undefined && windowMs !== undefined && now - known.at <= windowMs) return known.id
    const id = `b-${this.#posts.length + 1}`
    this.#posts.push({ id, room, text, key, at: new Date().toISOString() })
    this.#keys.set(key, { id, at: now })
    return id
  }

  /** The id of what was sent under a key, where the platform can say. */
  sentUnder(key: string): string | undefined {
    return this.memory.lookUp ? this.#keys.get(key)?.id : undefined
  }
}
