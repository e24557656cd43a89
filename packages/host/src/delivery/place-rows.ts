import type { Delivery } from '@nanoclaw/core'
import { timestamp, type Place } from '@nanoclaw/schema'
import type { DeliveryDeps } from './delivery-deps.ts'
import { DueTimer } from './due-timer.ts'
import { newHead, type Head } from './head.ts'
import type { RowMeaning } from './interpret-row.ts'
import { isOwnMessage } from './own-message.ts'

/** Deliveries held in memory per place; the others wait in the ledger. */
const loadedAtMost = 50

function sideOf(delivery: Delivery): 'own' | 'other' {
  return isOwnMessage(delivery) ? 'own' : 'other'
}

/**
 * The first few rows of the ledger for one place, in `seq` order.
 *
 * 1. A row is in memory once: what has been loaded is not pushed again, and nothing is loaded
 *    while anything is in memory.
 * 2. A row whose time has not come takes no part in the order; only the earliest such time is
 *    held.
 * 3. `#more` is false only when the ledger has nothing due that is not in memory.
 */
export class PlaceRows {
  readonly #place: Place
  readonly #deps: DeliveryDeps
  readonly #loaded: Head[] = []
  readonly #putOff: DueTimer
  #more = false
  /** Pushes so far: what was read before one of them does not show it. */
  #pushes = 0
  /** Each side numbers its rows upwards, the host's own beside the container's. */
  readonly #largestLoaded = { own: 0, other: 0 }
  /** What is `sending` in the ledger may be an earlier process's. */
  #isResuming = false
  /** The delivery that the ledger did not let change as this meant to; those it never did. */
  #misfit: string | undefined
  readonly #setAside = new Set<string>()

  /** `onDue`: the time of what is put off has come. */
  constructor(place: Place, deps: DeliveryDeps, onDue: () => void) {
    this.#place = place
    this.#deps = deps
    this.#putOff = new DueTimer(deps.clock, onDue)
  }

  /** Nothing is due. */
  get isEmpty(): boolean {
    return this.#loaded.length === 0 && !this.#more
  }

  /** The earliest time among what is put off; null: nothing is. */
  get nextAttemptAt(): string | null {
    return this.#putOff.at
  }

  /** Adds a row that has just been taken, and what it says if that is known; in `seq` order. */
  push(delivery: Delivery, meaning?: RowMeaning): void {
    if (delivery.seq <= this.#largestLoaded[sideOf(delivery)]) return
    this.#pushes += 1
    if (this.#putsOff(delivery)) return
    if (this.#more || this.#loaded.length >= loadedAtMost) this.#more = true
    else this.#load({ ...newHead(delivery, true, delivery.status === 'sending'), meaning })
  }

  /** The ledger has what an earlier process left. */
  resume(): void {
    this.#isResuming = true
    this.#more = true
  }

  /** The ledger has one more that is due. */
  addOne(): void {
    this.#pushes += 1
    this.#more = true
  }

  /** The one that is sent next. */
  async first(): Promise<Head | undefined> {
    for (;;) {
      while (this.#loaded.length === 0 && this.#more) await this.#loadMore()
      const [head] = this.#loaded
      // Its time may lie ahead again when the clock has been put back.
      if (head === undefined || !this.#putsOff(head.delivery)) return head
      this.remove(head)
    }
  }

  /** Undefined: it is not in memory. */
  find(id: string): Head | undefined {
    return this.#loaded.find(({ delivery }) => delivery.id === id)
  }

  /** It has ended here. */
  remove(head: Head): void {
    const at = this.#loaded.indexOf(head)
    if (at !== -1) this.#loaded.splice(at, 1)
    this.#letGo(head)
  }

  /**
   * Memory and ledger differ: begins again with what the ledger says. What that does not help is left
   * alone until the next process, so that it holds up no other.
   */
  forget(id: string | undefined): void {
    if (id !== undefined && id === this.#misfit) this.#setAside.add(id)
    this.#misfit = id
    for (const head of this.#loaded.splice(0)) this.#letGo(head)
    this.resume()
  }

  stop(): void {
    this.#putOff.stop()
    for (const head of this.#loaded) this.#letGo(head)
  }

  #putsOff({ status, nextAttemptAt }: Delivery): boolean {
    if (status !== 'queued' || nextAttemptAt === null) return false
    const now = timestamp(this.#deps.clock)
    if (nextAttemptAt <= now) return false
    this.#putOff.await(nextAttemptAt, now)
    return true
  }

  async #loadMore(): Promise<void> {
    const pushes = this.#pushes
    const now = timestamp(this.#deps.clock)
    const atMost = loadedAtMost + this.#setAside.size
    const rows = await this.#deps.mailbox.unfinished(this.#place, atMost, now)
    const putOffUntil = await this.#deps.mailbox.putOffUntil(this.#place, now)
    for (const delivery of rows) {
      if (this.#setAside.has(delivery.id)) continue
      // Only `take` makes a row `sending` that is not in memory: by this process, or before it.
      const isAnnounced = delivery.status === 'sending' && !this.#isResuming
      this.#load(newHead(delivery, false, isAnnounced))
    }
    this.#more = rows.length === atMost || pushes !== this.#pushes
    if (!this.#more) this.#isResuming = false
    this.#putOff.await(putOffUntil, now)
  }

  #load(head: Head): void {
    const side = sideOf(head.delivery)
    this.#largestLoaded[side] = Math.max(this.#largestLoaded[side], head.delivery.seq)
    this.#loaded.push(head)
  }

  #letGo({ keys }: Head): void {
    for (const key of keys) this.#deps.underWay.delete(key)
  }
}
