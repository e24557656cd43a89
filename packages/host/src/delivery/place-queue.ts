import type { ReconcileResult } from '@nanoclaw/adapters'
import type { Delivery, DeliveryChange } from '@nanoclaw/core'
import { errorMessage, timestamp, type Place } from '@nanoclaw/schema'
import { backoffMs } from './backoff.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { interpretRow } from './interpret-row.ts'
import { noticeOf } from './notices.ts'
import { sendParts, type SendOutcome } from './send-parts.ts'
import { splitText } from './split-text.ts'

/** Deliveries held in memory per place; the others wait in the ledger. */
const loadedAtMost = 50
const downPauseMs = 30_000
const troublePauseMs = 1_000

interface Head {
  readonly delivery: Delivery
  /** Committed as `sending` by this process, and not sent yet. */
  readonly announced: boolean
  partsSent: number
}

/**
 * What one session sends to one place, in `seq` order, one at a time (I6). The ledger is the
 * truth; this holds the first few rows of it and the timer for the next try.
 */
export class PlaceQueue {
  readonly place: Place
  readonly #deps: DeliveryDeps
  readonly #loaded: Head[] = []
  #more = false
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(place: Place, deps: DeliveryDeps) {
    this.place = place
    this.#deps = deps
  }

  /** Nothing is under way or waits: the next row may be announced as `sending` at once. */
  get isEmpty(): boolean {
    return this.#loaded.length === 0 && !this.#more
  }

  /** It waits for a time or for the channel, and nothing is under way. */
  get isWaiting(): boolean {
    return this.#timer !== undefined
  }

  /** Adds a row that has just been taken; in `seq` order. */
  push(delivery: Delivery): void {
    if (this.#more || this.#loaded.length >= loadedAtMost) this.#more = true
    else {
      const announced = delivery.status === 'sending'
      this.#loaded.push({ delivery, announced, partsSent: 0 })
    }
    if (!this.isWaiting) this.#run()
  }

  /** Begins with what the ledger holds from before. */
  resume(): void {
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
  }

  #run(): void {
    if (this.#running !== undefined || this.#deps.signal.aborted) return
    this.#running = this.#sendAll().finally(() => {
      this.#running = undefined
      if (this.#loaded.length > 0 && !this.isWaiting) this.#run()
      this.#deps.onChange()
    })
  }

  async #sendAll(): Promise<void> {
    while (!this.#deps.signal.aborted) {
      try {
        const head = await this.#head()
        if (head === undefined) return
        const pauseMs = await this.#sendHead(head)
        if (pauseMs === undefined) this.#loaded.shift()
        else if (pauseMs > 0) return this.#wait(pauseMs)
      } catch (error) {
        if (this.#deps.signal.aborted) return
        this.#deps.trouble('delivery-ledger', `the delivery ledger: ${errorMessage(error)}`)
        return this.#wait(troublePauseMs)
      }
    }
  }

  #wait(ms: number): void {
    if (this.#deps.signal.aborted) return
    this.#timer = setTimeout(() => this.poke(), Math.min(ms, 2 ** 31 - 1))
  }

  async #head(): Promise<Head | undefined> {
    if (this.#loaded.length === 0 && this.#more) {
      const rows = await this.#deps.mailbox.unfinished(this.place, loadedAtMost)
      for (const delivery of rows) {
        this.#loaded.push({ delivery, announced: false, partsSent: 0 })
      }
      this.#more = rows.length === loadedAtMost
    }
    return this.#loaded[0]
  }

  #replaceHead(head: Head, delivery: Delivery, announced: boolean): void {
    this.#loaded[0] = { delivery, announced, partsSent: head.partsSent }
  }

  /** Undefined: this row has ended. A number: the milliseconds until the next look at it. */
  async #sendHead(head: Head): Promise<number | undefined> {
    const { delivery } = head
    if (delivery.status === 'sending' && !head.announced) return this.#foundSending(head)
    if (!head.announced) {
      const verdict = await this.#deps.authorize(this.place)
      if (!verdict.allowed) return this.#end(delivery, 'refused', verdict.reason)
    }
    const dueInMs = this.#dueInMs(delivery)
    if (dueInMs > 0) return dueInMs
    const meaning = interpretRow(delivery)
    if (meaning.type === 'impossible') return this.#end(delivery, meaning.status, meaning.reason)
    const adapter = this.#deps.channels.find(this.place.channelType, this.place.channelInstance)
    if (adapter === undefined || adapter.health().state === 'down') {
      return this.#hold(head, adapter?.health().why ?? 'no adapter serves this channel')
    }
    if (!head.announced) {
      const sending = await this.#record(delivery, { status: 'sending', nextAttemptAt: null })
      this.#replaceHead(head, sending, true)
      return 0
    }
    const outcome = await sendParts({
      adapter,
      origin: { chatId: this.place.platformId, threadId: delivery.threadId },
      parts: splitText(meaning.text, adapter.capabilities.textLength).map((text) => ({
        type: 'text',
        text,
      })),
      partsSent: head.partsSent,
      author: this.#deps.author,
      keyOf: (part) => this.#deps.keyOf(delivery.id, part),
      timeoutMs: this.#deps.settings.deliveryTimeoutMs,
      signal: this.#deps.signal,
    })
    return this.#settle(head, outcome)
  }

  #dueInMs(delivery: Delivery): number {
    if (delivery.nextAttemptAt === null) return 0
    return Date.parse(delivery.nextAttemptAt) - this.#deps.clock.now()
  }

  async #settle(head: Head, outcome: SendOutcome): Promise<number | undefined> {
    const { delivery } = head
    switch (outcome.outcome) {
      case 'delivered':
        await this.#record(delivery, {
          status: 'delivered',
          platformMessageId: outcome.platformMessageId,
          error: null,
        })
        return undefined
      case 'terminal':
        return this.#end(delivery, 'failed', outcome.reason)
      case 'retryable':
        return this.#retry(head, outcome)
      case 'unknown':
        return this.#ambiguous(head, outcome.reason, outcome.partsSent)
      default:
        return outcome satisfies never
    }
  }

  async #retry(
    head: Head,
    outcome: Extract<SendOutcome, { outcome: 'retryable' }>,
  ): Promise<number | undefined> {
    const adapter = this.#deps.channels.find(this.place.channelType, this.place.channelInstance)
    head.partsSent = outcome.partsSent
    if (adapter?.health().state === 'down') return this.#hold(head, outcome.reason)
    const attempts = head.delivery.attempts + 1
    if (attempts >= this.#deps.settings.maxAttempts) {
      return this.#end(
        head.delivery,
        'failed',
        `given up after ${attempts} tries: ${outcome.reason}`,
      )
    }
    const { retryAfterMs } = outcome
    return this.#pause(head, { status: 'retrying', attempts, error: outcome.reason }, retryAfterMs)
  }

  /** A channel that is down is no try: the row waits until it is back. */
  async #hold(head: Head, why: string): Promise<number> {
    const { delivery } = head
    if (delivery.status !== 'retrying' || delivery.error !== why) {
      const change = { status: 'retrying', nextAttemptAt: null, error: why } as const
      this.#replaceHead(head, await this.#record(delivery, change), false)
    }
    return downPauseMs
  }

  async #pause(head: Head, change: DeliveryChange, retryAfterMs?: number): Promise<number> {
    const { settings, clock, random } = this.#deps
    const attempts = Math.max(1, (change.attempts ?? 0) + (change.ambiguousCount ?? 0))
    const baseMs = settings.retryBaseMs
    const pauseMs = backoffMs({ attempts, baseMs, retryAfterMs, random: random() })
    const nextAttemptAt = timestamp(clock, pauseMs)
    this.#replaceHead(head, await this.#record(head.delivery, { ...change, nextAttemptAt }), false)
    return pauseMs
  }

  /** `sending` found in the ledger: the process that sent it did not live to say what came of it. */
  async #foundSending(head: Head): Promise<number | undefined> {
    return this.#ambiguous(head, 'the host ended while this was being sent', 0, 0)
  }

  /** I10: looked up where the platform can, else sent again under the same key, and counted. */
  async #ambiguous(
    head: Head,
    reason: string,
    partsSent: number,
    pauseMs?: number,
  ): Promise<number | undefined> {
    const { delivery } = head
    head.partsSent = partsSent
    const ambiguousCount = delivery.ambiguousCount + 1
    const known = await this.#reconcile(delivery)
    if (known?.outcome === 'sent') {
      const { platformMessageId } = known
      await this.#record(delivery, { status: 'delivered', ambiguousCount, platformMessageId })
      return undefined
    }
    if (delivery.attempts + ambiguousCount >= this.#deps.settings.maxAttempts) {
      const why = `given up after ${ambiguousCount} sends of unknown outcome: ${reason}`
      return this.#end(delivery, 'failed', why, ambiguousCount)
    }
    const change = { status: 'ambiguous', ambiguousCount, attempts: delivery.attempts } as const
    if (pauseMs === undefined) return this.#pause(head, { ...change, error: reason })
    this.#replaceHead(head, await this.#record(delivery, { ...change, error: reason }), false)
    return pauseMs
  }

  async #reconcile(delivery: Delivery): Promise<ReconcileResult | undefined> {
    const adapter = this.#deps.channels.find(this.place.channelType, this.place.channelInstance)
    try {
      return await adapter?.reconcile?.(this.#deps.keyOf(delivery.id, 0))
    } catch (error) {
      this.#deps.logger.warn({ id: delivery.id, err: error }, 'a channel could not look a send up')
      return undefined
    }
  }

  async #end(
    delivery: Delivery,
    status: 'failed' | 'refused',
    reason: string,
    ambiguousCount = delivery.ambiguousCount,
  ): Promise<undefined> {
    const destination = await this.#deps.nameOf(this.place)
    const change = { status, error: reason, nextAttemptAt: null, ambiguousCount } as const
    const notice = noticeOf({ seq: delivery.seq, status, destination, reason })
    await this.#deps.mailbox.settle(delivery.id, change, [notice])
    this.#deps.onNotice()
    this.#deps.trouble(`delivery-${status}`, `a message to ${destination} was ${status}: ${reason}`)
  }

  /** The outcome is known here alone until it is committed: tried until it is, or we stop. */
  async #record(delivery: Delivery, change: DeliveryChange): Promise<Delivery> {
    for (;;) {
      try {
        return await this.#deps.mailbox.settle(delivery.id, change)
      } catch (error) {
        if (this.#deps.signal.aborted) throw error
        this.#deps.trouble('delivery-ledger', `the delivery ledger: ${errorMessage(error)}`)
        await this.#deps.sleep(troublePauseMs)
      }
    }
  }
}
