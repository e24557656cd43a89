import type { Delivery } from '@nanoclaw/core'
import { errorMessage, type Place } from '@nanoclaw/schema'
import { longestTimerMs } from '../deadline.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { newHead, type Head } from './head.ts'
import type { RowMeaning } from './interpret-row.ts'
import { isBadState, isClosed } from './ledger.ts'
import { PlaceRows } from './place-rows.ts'
import { QueuedReports, type QueuedReport } from './queued-reports.ts'
import type { Report } from './reports.ts'
import { RowSender } from './row-sender.ts'

const troublePauseMs = 1_000

/**
 * What one session sends to one place, in `seq` order, one at a time (I6). The ledger is the
 * truth; this holds the timers.
 *
 * 1. When the ledger is closed nothing is sent any more: what comes of it could not be kept.
 * 2. What a person is asked about takes no part in the order until it is queued again.
 */
export class PlaceQueue {
  readonly place: Place
  readonly #deps: DeliveryDeps
  readonly #sender: RowSender
  readonly #rows: PlaceRows
  readonly #reports = new QueuedReports()
  #running: Promise<void> | undefined
  #isOver = false
  #timer: NodeJS.Timeout | undefined

  constructor(place: Place, deps: DeliveryDeps) {
    this.place = place
    this.#deps = deps
    this.#sender = new RowSender(place, deps)
    this.#rows = new PlaceRows(place, deps, () => this.requeued())
  }

  /** Nothing is due or under way: the next row may be announced as `sending` at once. */
  get isQuiet(): boolean {
    return this.#rows.isEmpty
  }

  /** The first row waits for another try or for the channel, and nothing is under way. */
  get isWaiting(): boolean {
    return this.#timer !== undefined
  }

  /** The earliest time among what is put off; null: nothing is. */
  get nextAttemptAt(): string | null {
    return this.#rows.nextAttemptAt
  }

  /** Adds a row that has just been taken, and what it says if that is known; in `seq` order. */
  push(delivery: Delivery, meaning?: RowMeaning): void {
    this.#rows.push(delivery, meaning)
    if (!this.isWaiting) this.#run()
  }

  /** Begins with what the ledger holds from before. */
  resume(): void {
    this.#rows.resume()
    this.poke()
  }

  /** The ledger has one more that is due. */
  requeued(): void {
    this.#rows.addOne()
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
    this.#rows.stop()
    this.#reports.rejectAll()
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
    while (!this.#deps.signal.aborted) {
      let head: Head | undefined
      try {
        await this.#deps.loop.turn()
        await this.#reports.applyAll((queued) => this.#apply(queued))
        head = await this.#rows.first()
        if (head === undefined || this.#deps.signal.aborted) return
        const pauseMs = await this.#sender.step(head)
        if (pauseMs === undefined) this.#rows.remove(head)
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
    if (isBadState(error)) this.#rows.forget(head?.delivery.id)
    this.#wait(troublePauseMs)
  }

  #wait(ms: number): void {
    if (this.#deps.signal.aborted || this.#reports.length > 0) return
    this.#timer = setTimeout(() => this.poke(), Math.min(ms, longestTimerMs))
  }

  async #apply({ messageOutId, report }: QueuedReport): Promise<void> {
    const loaded = this.#rows.find(messageOutId)
    if (loaded !== undefined) {
      if (await this.#sender.report(loaded, report)) this.#rows.remove(loaded)
      return
    }
    const delivery = await this.#deps.mailbox.delivery(messageOutId)
    if (delivery === undefined) return
    const hasEnded = await this.#sender.report(newHead(delivery, false, false), report)
    if (!hasEnded) this.requeued()
  }
}
