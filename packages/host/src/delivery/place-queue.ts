import { setImmediate as yieldToLoop } from 'node:timers/promises'
import type { Delivery } from '@nanoclaw/core'
import { errorMessage, timestamp, type Place } from '@nanoclaw/schema'
import { longestTimerMs } from '../deadline.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { isClosed, newHead, RowSender, type Head } from './row-sender.ts'

/** Deliveries held in memory per place; the others wait in the ledger. */
const loadedAtMost = 50
const troublePauseMs = 1_000
/** Steps that may only be commits, which stop the loop, until others have their turn. */
const stepsAtOnce = 10

/**
 * What one session sends to one place, in `seq` order, one at a time (I6). The ledger is the
 * truth; this holds the first few rows of it and the timers.
 *
 * 1. A row is in memory once: what has been loaded is not pushed again, and nothing is loaded
 *    while anything is in memory.
 * 2. A row whose time has not come takes no part in the order; only the earliest such time is
 *    held.
 * 3. When the ledger is closed nothing is sent any more: what comes of it could not be kept.
 * 4. `#more` is false only when the ledger has nothing due that is not in memory.
 */
export class PlaceQueue {
  readonly place: Place
  readonly #deps: DeliveryDeps
  readonly #sender: RowSender
  readonly #loaded: Head[] = []
  #more = false
  /** Pushes so far: what was read before one of them does not show it. */
  #pushes = 0
  #largestLoaded = 0
  /** What is `sending` in the ledger is an earlier process's. */
  #isResuming = false
  #running: Promise<void> | undefined
  #isOver = false
  #timer: NodeJS.Timeout | undefined
  #putOffUntil: string | null = null
  #putOffTimer: NodeJS.Timeout | undefined

  constructor(place: Place, deps: DeliveryDeps) {
    this.place = place
    this.#deps = deps
    this.#sender = new RowSender(place, deps)
  }

  /** Nothing is due or under way: the next row may be announced as `sending` at once. */
  get isQuiet(): boolean {
    return this.#loaded.length === 0 && !this.#more
  }

  /** The first row waits for another try or for the channel, and nothing is under way. */
  get isWaiting(): boolean {
    return this.#timer !== undefined
  }

  /** The earliest time among what is put off; null: nothing is. */
  get nextAttemptAt(): string | null {
    return this.#putOffUntil
  }

  /** Adds a row that has just been taken; in `seq` order. */
  push(delivery: Delivery): void {
    if (delivery.seq <= this.#largestLoaded) return
    this.#pushes += 1
    const now = timestamp(this.#deps.clock)
    const { status, nextAttemptAt } = delivery
    if (status === 'queued' && nextAttemptAt !== null && nextAttemptAt > now) {
      return this.#putOff(nextAttemptAt, now)
    }
    if (this.#more || this.#loaded.length >= loadedAtMost) this.#more = true
    else this.#load(newHead(delivery))
    if (!this.isWaiting) this.#run()
  }

  /** Begins with what the ledger holds from before. */
  resume(): void {
    this.#isResuming = true
    this.#more = true
    this.poke()
  }

  /** Tries again at once: the channel is back, or the address book has changed. */
  poke(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#run()
  }

  /** Resolves when nothing is under way: what is left waits. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  /** Ends what is waited for; resolves when nothing is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.flush()
    clearTimeout(this.#putOffTimer)
  }

  #run(): void {
    if (this.#running !== undefined || this.#isOver || this.#deps.signal.aborted) return
    this.#running = this.#sendAll().finally(() => {
      this.#running = undefined
      if (!this.isQuiet && !this.isWaiting) this.#run()
      this.#deps.onChange()
    })
  }

  async #sendAll(): Promise<void> {
    for (let steps = 1; !this.#deps.signal.aborted; steps += 1) {
      try {
        if (steps % stepsAtOnce === 0) await yieldToLoop()
        const head = await this.#head()
        if (head === undefined || this.#deps.signal.aborted) return
        const pauseMs = await this.#sender.step(head)
        if (pauseMs === undefined) this.#loaded.shift()
        else if (pauseMs > 0) return this.#wait(pauseMs)
      } catch (error) {
        if (this.#deps.signal.aborted) return
        this.#isOver = isClosed(error)
        this.#deps.trouble('delivery-ledger', `the delivery ledger: ${errorMessage(error)}`)
        return this.#isOver ? undefined : this.#wait(troublePauseMs)
      }
    }
  }

  #wait(ms: number): void {
    if (this.#deps.signal.aborted) return
    this.#timer = setTimeout(() => this.poke(), Math.min(ms, longestTimerMs))
  }

  async #head(): Promise<Head | undefined> {
    while (this.#loaded.length === 0 && this.#more) await this.#loadMore()
    return this.#loaded[0]
  }

  async #loadMore(): Promise<void> {
    const pushes = this.#pushes
    const now = timestamp(this.#deps.clock)
    const rows = await this.#deps.mailbox.unfinished(this.place, loadedAtMost, now)
    const putOffUntil = await this.#deps.mailbox.putOffUntil(this.place, now)
    for (const delivery of rows) {
      // Only `take` makes a row `sending` that is not in memory: by this process, or before it.
      const announced = delivery.status === 'sending' && !this.#isResuming
      this.#load({ delivery, announced, sent: undefined })
    }
    this.#more = rows.length === loadedAtMost || pushes !== this.#pushes
    if (!this.#more) this.#isResuming = false
    this.#putOff(putOffUntil, now)
  }

  #load(head: Head): void {
    this.#loaded.push(head)
    this.#largestLoaded = Math.max(this.#largestLoaded, head.delivery.seq)
  }

  /** Keeps the earliest time; what is past by `now` has been loaded. */
  #putOff(until: string | null, now: string): void {
    const times = [this.#putOffUntil, until].filter((time) => time !== null && time > now)
    this.#putOffUntil = times.toSorted()[0] ?? null
    clearTimeout(this.#putOffTimer)
    if (this.#putOffUntil === null || this.#deps.signal.aborted) return
    const ms = Date.parse(this.#putOffUntil) - this.#deps.clock.now()
    this.#putOffTimer = setTimeout(() => this.#due(), Math.min(Math.max(ms, 0), longestTimerMs))
  }

  #due(): void {
    this.#more = true
    if (!this.isWaiting) this.#run()
  }
}
