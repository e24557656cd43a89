import { setTimeout as sleep } from 'node:timers/promises'
import type { DeliveryUpdate } from '@nanoclaw/adapters'
import { isAsked, type Delivery } from '@nanoclaw/core'
import type { NewInbound, OutboundRow, TakenRow } from '@nanoclaw/core'
import { longestContent, NanoclawError, placeKey, timestamp, type Place } from '@nanoclaw/schema'
import type { DeliveryDeps } from './delivery-deps.ts'
import { actionRow, interpretRow, placeOf, saysTheSame } from './interpret-row.ts'
import type { GoingMeaning, RowMeaning, SendableRow } from './interpret-row.ts'
import { isOwnMessage } from './own-message.ts'
import { PlaceQueue } from './place-queue.ts'
import { reportRefusals, type Refusal } from './report-refusals.ts'

/** How rows are to be copied into the ledger, and what the agent is to be told of them. */
export interface TakePlan {
  readonly rows: readonly TakenRow[]
  readonly notices: readonly NewInbound[]
  /** What of the rows may go out says, by their ids; it need not be read again. */
  readonly meanings: Meanings
}

type Meanings = ReadonlyMap<string, { readonly row: SendableRow; readonly meaning: RowMeaning }>

/** Only of what was copied just now: what was taken before is sent as it was taken. */
function meaningOf(taken: Delivery, meanings: Meanings | undefined): RowMeaning | undefined {
  const known = meanings?.get(taken.id)
  return known !== undefined && saysTheSame(known.row, taken) ? known.meaning : undefined
}

/** Nothing of it has been read; it stays in the container's own file. */
function tooLongToTake(row: OutboundRow, longest: number): TakenRow {
  const error = `it has ${row.tooLong} bytes, and at most ${longest} are sent; send it in several messages`
  return { row, status: 'failed', error }
}

/** All that one session sends: a queue per place, so that one that is down holds up no other. */
export class SessionDeliveries {
  readonly #deps: DeliveryDeps
  readonly #queues = new Map<string, PlaceQueue>()

  constructor(deps: DeliveryDeps) {
    this.#deps = deps
  }

  /** Goes on with what an earlier process left in the ledger, and ends its questions that are answered. */
  async resume(): Promise<void> {
    for (const id of this.#deps.askedBefore) {
      const delivery = await this.#deps.mailbox.delivery(id)
      // A crash between the question and its note leaves it in doubt: the same is asked again.
      const isInDoubt = delivery?.status === 'sending' || delivery?.status === 'ambiguous'
      const isOpen = isInDoubt && (delivery.askedAt === null || isAsked(delivery))
      if (!isOpen) await this.#deps.answered(id)
    }
    for (const place of await this.#deps.mailbox.unfinishedPlaces()) this.#queue(place).resume()
  }

  /** Nothing is due or under way; what is put off may wait. */
  get isQuiet(): boolean {
    return [...this.#queues.values()].every((queue) => queue.isQuiet)
  }

  /** The earliest time (ISO-8601 UTC) among what is put off; null: nothing is. */
  get nextAttemptAt(): string | null {
    const times = [...this.#queues.values()].map((queue) => queue.nextAttemptAt)
    return times.filter((time) => time !== null).toSorted()[0] ?? null
  }

  /**
   * Decides how rows begin: what can go out at once as `sending`, which saves a commit; what has
   * to wait as `queued`; what may not or cannot go as what it is, with a notice. The operator is
   * told once for all of a batch. `longest`: so many bytes of content are taken.
   */
  async plan(rows: readonly OutboundRow[], longest = longestContent): Promise<TakePlan> {
    const taken: TakenRow[] = []
    const meanings = new Map<string, { row: OutboundRow; meaning: RowMeaning }>()
    const refusals: Refusal[] = []
    const occupied = new Set<string>()
    for (const [index, row] of rows.entries()) {
      // The first is of the turn in which the rows were given.
      if (index > 0) await this.#deps.loop.turn()
      const meaning = row.tooLong === undefined ? interpretRow(row) : undefined
      const planned =
        meaning === undefined
          ? tooLongToTake(row, longest)
          : await this.#planRow(row, meaning, occupied)
      if (meaning !== undefined) meanings.set(row.id, { row: planned.row, meaning })
      taken.push(planned)
      const { status, error } = planned
      if (status !== 'refused' && status !== 'failed') {
        this.#deps.trace.taken(row)
        continue
      }
      refusals.push({ row, status, reason: error ?? status })
    }
    const notices = refusals.length === 0 ? [] : await reportRefusals(refusals, this.#deps)
    return { rows: taken, notices, meanings }
  }

  /** Sends what has been taken. `meanings`: what is known of it. */
  accept(deliveries: readonly Delivery[], meanings?: Meanings): void {
    for (const delivery of deliveries) {
      if (delivery.status !== 'sending' && delivery.status !== 'queued') continue
      const place = placeOf(delivery)
      if (place !== undefined) this.#queue(place).push(delivery, meaningOf(delivery, meanings))
    }
  }

  /**
   * Sends again what was failed or refused, or what a person is asked about; durable when it
   * resolves. What of it has arrived is not sent again.
   * @throws NanoclawError `not-found` for one that has not been taken, `bad-state` for one that has not
   *   ended so, or names no place.
   */
  async requeue(messageOutId: string): Promise<Delivery> {
    const { mailbox, answered, over } = this.#deps
    const place = placeOf(await this.#find(messageOutId))
    if (place === undefined) {
      throw new NanoclawError(
        'bad-state',
        `${messageOutId} names no place that it could be sent to`,
      )
    }
    const delivery = await mailbox.requeue(messageOutId)
    try {
      await answered(messageOutId)
      for (const status of ['failed', 'refused'] as const) {
        const left = await mailbox.deliveries({ statuses: [status], limit: 1 })
        if (left.length === 0) await over(`delivery-${status}`)
      }
    } finally {
      // Only now: what it opens when it fails again must not be what is over.
      this.#queue(place).requeued()
    }
    return delivery
  }

  /** A person lets through what was refused; nothing is done where it is not refused any more. Durable. */
  async letThrough(messageOutId: string): Promise<void> {
    const { status } = await this.#find(messageOutId)
    if (status === 'refused') await this.requeue(messageOutId)
  }

  /** A person has what may have arrived sent again; nothing is done where nobody is asked any more. Durable. */
  async sendAgain(messageOutId: string): Promise<void> {
    if (isAsked(await this.#find(messageOutId))) await this.requeue(messageOutId)
  }

  /**
   * What a person says of a message that he was asked about.
   * @throws NanoclawError `not-found` for one that has not been taken, `bad-state` for one that nobody
   *   is asked about.
   */
  async settleAsked(messageOutId: string, as: 'delivered' | 'failed'): Promise<Delivery> {
    const found = await this.#find(messageOutId)
    if (!isAsked(found)) {
      throw new NanoclawError(
        'bad-state',
        `expected a message that a person is asked about, but ${messageOutId} is ${found.status}; ` +
          'only such a one is settled by hand',
      )
    }
    const reason = 'whoever runs this says that it did not arrive'
    const update: DeliveryUpdate = as === 'delivered' ? { status: as } : { status: as, reason }
    await this.report({ messageOutId, part: undefined }, update, true)
    return this.#find(messageOutId)
  }

  /** What a platform reports on a part; in the ledger when it resolves. */
  async report(
    of: { readonly messageOutId: string; readonly part: number | undefined },
    update: DeliveryUpdate,
    isByHand = false,
  ): Promise<void> {
    const { messageOutId, part } = of
    const place = placeOf(await this.#find(messageOutId))
    if (place === undefined) return
    await this.#queue(place).report(messageOutId, { part, update, isByHand })
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

  async #find(messageOutId: string): Promise<Delivery> {
    const delivery = await this.#deps.mailbox.delivery(messageOutId)
    if (delivery !== undefined) return delivery
    throw new NanoclawError('not-found', `no message to be sent is called ${messageOutId}`)
  }

  async #planRow(row: OutboundRow, meaning: RowMeaning, occupied: Set<string>): Promise<TakenRow> {
    if (meaning.type === 'impossible') {
      return { row, status: meaning.status, error: meaning.reason }
    }
    if (isOwnMessage(row)) {
      return { row, status: 'refused', error: `a container numbers its rows oddly, not ${row.seq}` }
    }
    if (meaning.type === 'action') return this.#planAt(actionRow(row), meaning, occupied)
    const verdict = await this.#deps.authorize(meaning.place, meaning.operation)
    const isAsked = !verdict.allowed && verdict.mayAsk === true && meaning.type !== 'unable'
    if (!verdict.allowed && !isAsked) return { row, status: 'refused', error: verdict.reason }
    if (meaning.type === 'unable') return { row, status: 'failed', error: meaning.reason }
    const tooMuch =
      meaning.type === 'mail' ? this.#deps.mail.admit(meaning.place.platformId) : undefined
    if (tooMuch !== undefined) return { row, status: 'refused', error: tooMuch }
    const planned = this.#planAt(row, meaning, occupied)
    return isAsked ? { ...planned, status: 'queued' } : planned
  }

  /** What may go out: at once, or after what is before it. */
  #planAt(row: OutboundRow, meaning: GoingMeaning, occupied: Set<string>): TakenRow {
    const { deliverAfter } = row
    if (deliverAfter !== null && deliverAfter > timestamp(this.#deps.clock)) {
      return { row, status: 'queued', nextAttemptAt: deliverAfter }
    }
    const key = placeKey(meaning.place)
    const isFirst = !occupied.has(key) && this.#queue(meaning.place).isQuiet
    occupied.add(key)
    return { row, status: isFirst && this.#canSendNow(meaning) ? 'sending' : 'queued' }
  }

  /** What goes out in parts is `sending` only when these are in the ledger. */
  #canSendNow(meaning: GoingMeaning): boolean {
    if (meaning.type !== 'text') return true
    const { place, text } = meaning
    const adapter = this.#deps.channels.find(place.channelType, place.channelInstance)
    if (adapter === undefined || text.length > adapter.capabilities.textLength) return false
    return this.#deps.channels.health(adapter).state !== 'down'
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
