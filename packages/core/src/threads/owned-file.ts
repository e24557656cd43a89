import { NanoclawError } from '@nanoclaw/schema/plain'
import type { DatabaseThread, NewRequest } from './database-thread.ts'

/** What a file is opened as. */
export interface FileOptions {
  /** Tells it from all others of its pool. */
  readonly file: number
  readonly kind: string
  readonly options: unknown
}

/** Where a file is to be open, as the pool says. */
export interface Placing {
  /** A thread for a file that is open in none, else a better one than it is in, if there is one. */
  placeFor(file: OwnedFile): DatabaseThread | undefined
  /** It is about to be open in `to`, and not in `from`. */
  placed(file: OwnedFile, from: DatabaseThread | undefined, to: DatabaseThread | undefined): void
  /** Its files are to be elsewhere: nothing more of them is asked in it. */
  isLeaving(thread: DatabaseThread): boolean
  /** It waits until its thread has room for one request of it: then `goOn`, or `moveTo`. */
  waits(file: OwnedFile): void
}

function closedError(): NanoclawError {
  return new NanoclawError('closed', 'this file has been closed; open it')
}

interface Failure {
  readonly error: unknown
}

interface Held {
  readonly request: NewRequest
  resolve(value: Promise<unknown>): void
  reject(error: unknown): void
}

/**
 * A file with the thread that has it open.
 *
 * 1. It is asked in one thread at a time, in order: it moves only while nothing of it is under way,
 *    and what is asked meanwhile is held back.
 * 2. It is open in the new thread before it is closed in the old one: a session's `-wal` and `-shm`
 *    stay, which a container needs that is about to look for them.
 * 3. What its thread has no room for waits its turn, one request of each file after the other.
 * 4. Where its thread is to end, what is asked waits until nothing of it is under way, and it moves.
 */
export class OwnedFile {
  readonly #options: FileOptions
  readonly #placing: Placing
  readonly #tally = { underWay: 0 }
  #held: Held[] = []
  /** What is held waits until the thread has room. */
  #isWaiting = false
  #thread: DatabaseThread | undefined
  #opening: Promise<Failure | undefined> | undefined
  /** Of the thread that it has moved away from. */
  #leaving: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(options: FileOptions, placing: Placing) {
    this.#options = options
    this.#placing = placing
  }

  /** The thread that it is open in. */
  get thread(): DatabaseThread | undefined {
    return this.#thread?.isOver === true ? undefined : this.#thread
  }

  /** Opens it. Rejects with what opening throws. */
  async open(): Promise<void> {
    this.#place()
    const failure = await this.#opening
    if (failure !== undefined) throw failure.error
  }

  /** It may be moved. */
  get isAtRest(): boolean {
    const isInUse = this.#opening !== undefined || this.#tally.underWay > 0
    return !isInUse && this.#closing === undefined && this.thread !== undefined
  }

  /** Moves it, if nothing of it is under way. */
  moveTo(thread: DatabaseThread): void {
    if (!this.isAtRest) return
    this.#isWaiting = false
    this.#opening = this.#openIn(thread)
  }

  /** Opens it again after its thread has ended. Where that fails, the next request tries. */
  reopen(): void {
    if (this.#closing === undefined && this.thread === undefined) this.#place()
  }

  /** Asks for the first of what has waited. */
  goOn(): void {
    if (!this.#isWaiting) return
    this.#isWaiting = false
    this.#place()
    if (this.#opening === undefined) this.#letGo(1)
  }

  ask(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#closing !== undefined) return Promise.reject(closedError())
    if (!this.#isWaiting) this.#place()
    const request = { type: 'call', file: this.#options.file, method, args } as const
    const { thread } = this
    if (this.#opening === undefined && !this.#isWaiting && thread !== undefined) {
      if (!thread.isFull && !this.#placing.isLeaving(thread))
        return thread.ask(request, this.#tally)
      this.#wait()
    }
    return new Promise((resolve, reject) => this.#held.push({ request, resolve, reject }))
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  #wait(): void {
    this.#isWaiting = true
    this.#placing.waits(this)
  }

  #place(): void {
    if (this.#opening !== undefined || (this.#tally.underWay > 0 && this.thread !== undefined))
      return
    try {
      const to = this.#placing.placeFor(this)
      if (to !== undefined) this.#opening = this.#openIn(to)
    } catch (error) {
      this.#opening = Promise.resolve().then(() => this.#opened({ error }))
    }
  }

  /** Goes on with what was held back meanwhile, or tells it of the failure. */
  #opened(failure: Failure | undefined): Failure | undefined {
    this.#opening = undefined
    if (failure === undefined) this.#letGo(1)
    else for (const { reject } of this.#held.splice(0)) reject(failure.error)
    return failure
  }

  async #openIn(to: DatabaseThread): Promise<Failure | undefined> {
    const from = this.thread
    // At once, so that others are not sent to the same one.
    this.#placing.placed(this, from, to)
    let failure: Failure | undefined
    try {
      await to.ask({ type: 'open', ...this.#options }, this.#tally)
      this.#thread = to
    } catch (error) {
      this.#placing.placed(this, to, this.thread)
      // Where it is open already it stays.
      if (this.thread === undefined) failure = { error }
    }
    if (from !== undefined && this.#thread === to) {
      this.#leaving = this.#closeIn(from).catch(() => undefined)
    }
    return this.#opened(failure)
  }

  /** Asks for at most so much of what was held back; the rest waits. */
  #letGo(most: number): void {
    this.#isWaiting = false
    do {
      for (const { request, resolve } of this.#held.splice(0, most)) resolve(this.#ask(request))
      // What could not even be sent gets no answer, with which the rest would go on.
    } while (this.#held.length > 0 && this.#thread?.waiting === 0)
    if (this.#held.length > 0) this.#wait()
  }

  /** One that has ended in the meantime rejects. */
  #ask(request: NewRequest): Promise<unknown> {
    if (this.#thread === undefined) return Promise.reject(closedError())
    return this.#thread.ask(request, this.#tally)
  }

  async #close(): Promise<void> {
    this.#isWaiting = false
    if (this.#held.length > 0 && this.thread === undefined) this.#place()
    await this.#opening
    this.#letGo(Number.POSITIVE_INFINITY)
    await this.#leaving
    const { thread } = this
    this.#placing.placed(this, thread, undefined)
    if (thread !== undefined) await this.#closeIn(thread)
  }

  /** A thread that has ended has closed all it had. */
  async #closeIn(thread: DatabaseThread): Promise<void> {
    try {
      await thread.ask({ type: 'close', file: this.#options.file }, this.#tally)
    } catch (error) {
      if (!thread.isOver) throw error
    }
  }
}
