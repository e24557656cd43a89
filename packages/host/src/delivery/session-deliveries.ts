import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery, NewInbound, OutboundRow, TakenRow } from '@nanoclaw/core'
import { placeKey, type Place } from '@nanoclaw/schema'
import type { DeliveryDeps } from './delivery-deps.ts'
import { interpretRow, placeOf } from './interpret-row.ts'
import { noticeOf } from './notices.ts'
import { PlaceQueue } from './place-queue.ts'

/** How rows are to be copied into the ledger, and what the agent is to be told of them. */
export interface TakePlan {
  readonly rows: readonly TakenRow[]
  readonly notices: readonly NewInbound[]
}

/** All that one session sends: a queue per place, so that one that is down holds up no other. */
export class SessionDeliveries {
  readonly #deps: DeliveryDeps
  readonly #queues = new Map<string, PlaceQueue>()

  constructor(deps: DeliveryDeps) {
    this.#deps = deps
  }

  /** Goes on with what an earlier process left in the ledger. */
  async resume(): Promise<void> {
    for (const place of await this.#deps.mailbox.unfinishedPlaces()) this.#queue(place).resume()
  }

  /** Nothing is being sent and nothing waits. */
  get isEmpty(): boolean {
    return [...this.#queues.values()].every((queue) => queue.isEmpty)
  }

  /** What is left waits for a time or for its channel. */
  get isWaiting(): boolean {
    return [...this.#queues.values()].every((queue) => queue.isEmpty || queue.isWaiting)
  }

  /**
   * Decides how rows begin: what can go out at once as `sending`, which saves a commit; what has
   * to wait as `queued`; what may not or cannot go as what it is, with a notice.
   */
  async plan(rows: readonly OutboundRow[]): Promise<TakePlan> {
    const taken: TakenRow[] = []
    const notices: NewInbound[] = []
    const occupied = new Set<string>()
    for (const row of rows) {
      const planned = await this.#planRow(row, occupied)
      taken.push(planned)
      if (planned.status !== 'refused' && planned.status !== 'failed') continue
      const place = placeOf(row)
      const destination = place === undefined ? 'nowhere' : await this.#deps.nameOf(place)
      const reason = planned.error ?? planned.status
      notices.push(noticeOf({ seq: row.seq, status: planned.status, destination, reason }))
      const what = `a message to ${destination} was ${planned.status}: ${reason}`
      this.#deps.trouble(`delivery-${planned.status}`, what)
    }
    return { rows: taken, notices }
  }

  /** Sends what has been taken. */
  accept(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (delivery.status !== 'sending' && delivery.status !== 'queued') continue
      const place = placeOf(delivery)
      if (place !== undefined) this.#queue(place).push(delivery)
    }
  }

  /** Tries at once what waits for a channel, or, without one, everything that waits. */
  poke(channelType?: string, channelInstance?: string): void {
    for (const queue of this.#queues.values()) {
      const { place } = queue
      const concerned =
        channelType === undefined ||
        (place.channelType === channelType && place.channelInstance === channelInstance)
      if (concerned && queue.isWaiting) queue.poke()
    }
  }

  /** Resolves when nothing is being sent: what is left waits. Gives up after `atMostMs`. */
  async flush(atMostMs: number): Promise<void> {
    const queues = [...this.#queues.values()]
    const timer = new AbortController()
    const timeUp = sleep(atMostMs, undefined, { signal: timer.signal }).catch(() => undefined)
    await Promise.race([Promise.all(queues.map((queue) => queue.flush())), timeUp])
    timer.abort()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.stop()))
  }

  async #planRow(row: OutboundRow, occupied: Set<string>): Promise<TakenRow> {
    const meaning = interpretRow(row)
    if (meaning.type === 'impossible') {
      return { row, status: meaning.status, error: meaning.reason }
    }
    const verdict = await this.#deps.authorize(meaning.place)
    if (!verdict.allowed) return { row, status: 'refused', error: verdict.reason }
    const key = placeKey(meaning.place)
    const isFirst = !occupied.has(key) && this.#queue(meaning.place).isEmpty
    occupied.add(key)
    if (row.deliverAfter !== null) {
      return { row, status: 'queued', nextAttemptAt: row.deliverAfter }
    }
    return { row, status: isFirst && this.#canSendNow(meaning.place) ? 'sending' : 'queued' }
  }

  #canSendNow(place: Place): boolean {
    const adapter = this.#deps.channels.find(place.channelType, place.channelInstance)
    return adapter !== undefined && adapter.health().state !== 'down'
  }

  #queue(place: Place): PlaceQueue {
    const key = placeKey(place)
    const known = this.#queues.get(key)
    if (known !== undefined) return known
    const queue = new PlaceQueue(place, this.#deps)
    this.#queues.set(key, queue)
    return queue
  }
}
