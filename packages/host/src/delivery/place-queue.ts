import { setImmediate as yieldToLoop } from 'node:timers/promises'
import type { Delivery } from '@nanoclaw/core'
import { errorMessage, timestamp, type Place } from '@nanoclaw/schema'
import { longestTimerMs } from '../deadline.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { DueTimer } from './due-timer.ts'
import { newHead, type Head } from './head.ts'
import { isBadState, isClosed } from './ledger.ts'
import { isOwnMessage } from './own-message.ts'
import { QueuedReports, type QueuedReport } from './queued-reports.ts'
import type { Report } from './reports.ts'
import { RowSender } from './row-sender.ts'

/** Deliveries held in memory per place; the others wait in the ledger. */
const loadedAtMost = 50
const troublePauseMs = 1_000
/** Steps that may only be commits, which stop the loop, until others have their turn. */
const stepsAtOnce = 10

function sideOf(delivery: Delivery): 'own' | 'other' {
  return isOwnMessage(delivery) ? 'own' : 'other'
}

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
 * 5. What a person is asked about takes no part in the order until it is queued again.
 */
export class PlaceQueue {
  readonly place: Place
  readonly #deps: DeliveryDeps
  readonly #sender: RowSender
  readonly #loaded: Head[] = []
  readonly #reports = new QueuedReports()
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
  #running: Promise<void> | undefined
  #isOver = false
  #timer: NodeJS.Timeout | undefined

  constructor(place: Place, deps: DeliveryDeps) {
    this.place = place
    this.#deps = deps
    this.#sender = new RowSender(place, deps)
    this.#putOff = new DueTimer(deps.clock, () => this.requeued())
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
    return this.#putOff.at
  }

  /** Adds a row that has just been taken; in `seq` order. */
  push(delivery: Delivery): void {
    if (delivery.seq <= this.#largestLoaded[sideOf(delivery)]) return
    this.#pushes += 1
    const now = timestamp(this.#deps.clock)
    const { status, nextAttemptAt } = delivery
    if (status === 'queued' && nextAttemptAt !== null && nextAttemptAt > now) {
      return this.#putOff.await(nextAttemptAt, now)
    }
    if (this.#more || this.#loaded.length >= loadedAtMost) this.#more = true
    else this.#load(newHead(delivery, true, status === 'sending'))
    if (!this.isWaiting) this.#run()
  }

  /** Begins with what the ledger holds from before. */
  resume(): void {
    this.#isResuming = true
    this.#more = true
    this.poke()
  }

  /** The ledger has one more that is due. */
  requeued(): void {
    this.#pushes += 1
    this.#more = true
    if (!this.isWaiting) this.#run()
  }

  /** Applies what is known of a delivery, in memory or not; it is in the ledger when it resolves. */
  async report(messageOutId: string, report: Report): Promise<void> {
    const applied = this.#reports.add(messageOutId, report)
    if (this.#isOver || this.#deps.signal.aborted) this.#reports.rejectAll()
    else this.poke()
    await applied
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
    this.#putOff.stop()
    this.#reports.rejectAll()
    for (const head of this.#loaded) this.#letGo(head)
  }

  #run(): void {
    if (this.#running !== undefined || this.#isOver || this.#deps.signal.aborted) return
    this.#running = this.#sendAll().finally(() => {
      this.#running = undefined
      const hasWork = !this.isQuiet || this.#reports.length > 0
      if (hasWork && !this.isWaiting) this.#run()
      this.#deps.onChange()
    })
  }

  async #sendAll(): Promise<void> {
    for (let steps = 1; !this.#deps.signal.aborted; steps += 1) {
      let head: Head | undefined
      try {
        if (steps % stepsAtOnce === 0) await yieldToLoop()
        await this.#reports.applyAll((queued) => this.#apply(queued))
        head = await this.#head()
        if (head === undefined || this.#deps.signal.aborted) return
        if (this.#isPutOff(head)) continue
        const pauseMs = await this.#sender.step(head)
        if (pauseMs === undefined) this.#remove(head)
        else if (pauseMs > 0) return this.#wait(pauseMs)
      } catch (error) {
        if (this.#deps.signal.aborted) return
        return this.#failed(error, head)
      }
    }
  }

  #failed(error: unknown, head: Head | undefined): void {
    this.#isOver = isClosed(error)
    this.#deps.trouble('delivery-ledger', `the delivery ledger: ${errorMessage(error)}`)
    if (this.#isOver) return this.#reports.rejectAll()
    if (isBadState(error)) this.#forget(head?.delivery.id)
    this.#wait(troublePauseMs)
  }

  /** One whose time has not come, since the clock was put back, waits among those put off. */
  #isPutOff(head: Head): boolean {
    const { status, nextAttemptAt } = head.delivery
    const now = timestamp(this.#deps.clock)
    if (status !== 'queued' || nextAttemptAt === null || nextAttemptAt <= now) return false
    this.#remove(head)
    this.#putOff.await(nextAttemptAt, now)
    return true
  }

  #wait(ms: number): void {
    if (this.#deps.signal.aborted || this.#reports.length > 0) return
    this.#timer = setTimeout(() => this.poke(), Math.min(ms, longestTimerMs))
  }

  async #head(): Promise<Head | undefined> {
    while (this.#loaded.length === 0 && this.#more) await this.#loadMore()
    return this.#loaded[0]
  }

  async #loadMore(): Promise<void> {
    const pushes = this.#pushes
    const now = timestamp(this.#deps.clock)
    const atMost = loadedAtMost + this.#setAside.size
    const rows = await this.#deps.mailbox.unfinished(this.place, atMost, now)
    const putOffUntil = await this.#deps.mailbox.putOffUntil(this.place, now)
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

  #remove(head: Head): void {
    const at = this.#loaded.indexOf(head)
    if (at !== -1) this.#loaded.splice(at, 1)
    this.#letGo(head)
  }

  #letGo({ keys }: Head): void {
    for (const key of keys) this.#deps.underWay.delete(key)
  }

  /**
   * Memory and ledger differ: begins again with what the ledger says. What that does not help is left
   * alone until the next process, so that it holds up no other.
   */
  #forget(id: string | undefined): void {
    if (id !== undefined && id === this.#misfit) this.#setAside.add(id)
    this.#misfit = id
    for (const head of this.#loaded.splice(0)) this.#letGo(head)
    this.#isResuming = true
    this.#more = true
  }

  async #apply({ messageOutId, report }: QueuedReport): Promise<void> {
    const loaded = this.#loaded.find(({ delivery }) => delivery.id === messageOutId)
    if (loaded !== undefined) {
      if (await this.#sender.report(loaded, report)) this.#remove(loaded)
      return
    }
    const delivery = await this.#deps.mailbox.delivery(messageOutId)
    if (delivery === undefined) return
    const hasEnded = await this.#sender.report(newHead(delivery, false, false), report)
    if (!hasEnded) this.requeued()
  }
}
