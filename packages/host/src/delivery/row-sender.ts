import type { ChannelAdapter, TextPart } from '@nanoclaw/adapters'
import type { Delivery, DeliveryChange, NewInbound } from '@nanoclaw/core'
import { errorMessage, isNanoclawError, timestamp, type Place } from '@nanoclaw/schema'
import { healthOf } from '../channels/health-of.ts'
import { backoffMs } from './backoff.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { interpretRow } from './interpret-row.ts'
import { lookUp } from './look-up.ts'
import { noticeOf } from './notices.ts'
import { sendParts, type SendOutcome } from './send-parts.ts'
import { afterPart, nothingSent, readSentParts, type SentParts } from './sent-parts.ts'
import { splitText } from './split-text.ts'

const downPauseMs = 30_000
const troublePauseMs = 1_000
/** After one of these nothing is sent any more. */
const endings: ReadonlySet<DeliveryChange['status']> = new Set(['delivered', 'failed', 'refused'])
const noAdapter = 'no adapter serves this channel'

/** A row that is sent now, or tried again later. */
export interface Head {
  delivery: Delivery
  /** Committed as `sending` by this process, and not sent yet. */
  announced: boolean
  /** Undefined until the ledger has been asked. */
  sent: SentParts | undefined
}

/** A row that has just been taken: nothing of it has been sent. */
export function newHead(delivery: Delivery): Head {
  return { delivery, announced: delivery.status === 'sending', sent: nothingSent }
}

/** Whether the ledger is over for this process, whatever comes. */
export function isClosed(error: unknown): boolean {
  return isNanoclawError(error) && error.code === 'closed'
}

type Next = Promise<number | undefined>

function textParts(adapter: ChannelAdapter, text: string): readonly TextPart[] {
  return splitText(text, adapter.capabilities.textLength).map((each) => ({
    type: 'text',
    text: each,
  }))
}

/** Takes rows to one place through the states of the ledger, one step at a time. */
export class RowSender {
  readonly #place: Place
  readonly #deps: DeliveryDeps
  #toldMissing = false

  constructor(place: Place, deps: DeliveryDeps) {
    this.#place = place
    this.#deps = deps
  }

  /** Undefined: this row has ended. A number: the milliseconds until the next look at it. */
  async step(head: Head): Next {
    const { delivery } = head
    const isFound = delivery.status === 'sending' && !head.announced
    if (!head.announced && !isFound) {
      const verdict = await this.#deps.authorize(this.#place)
      if (!verdict.allowed) return this.#end(head, 'refused', verdict.reason)
    }
    const dueInMs = this.#dueInMs(delivery)
    if (dueInMs > 0) return dueInMs
    const meaning = interpretRow(delivery)
    if (meaning.type === 'impossible') return this.#end(head, meaning.status, meaning.reason)
    const adapter = this.#adapter
    const obstacle = this.#obstacle(adapter)
    // What may have been sent stays `sending` until it can be looked up.
    if (adapter === undefined || obstacle !== undefined) {
      return isFound ? downPauseMs : this.#hold(head, obstacle ?? noAdapter)
    }
    const parts = textParts(adapter, meaning.text)
    if (isFound) return this.#foundSending(head, parts.length)
    if (!head.announced) {
      await this.#record(head, { status: 'sending', nextAttemptAt: null })
      head.announced = true
      return 0
    }
    return this.#send(head, adapter, parts)
  }

  get #adapter(): ChannelAdapter | undefined {
    return this.#deps.channels.find(this.#place.channelType, this.#place.channelInstance)
  }

  #dueInMs({ nextAttemptAt }: Delivery): number {
    if (nextAttemptAt === null) return 0
    return Date.parse(nextAttemptAt) - this.#deps.clock.now()
  }

  async #send(head: Head, adapter: ChannelAdapter, parts: readonly TextPart[]): Next {
    const { delivery } = head
    const sent = parts.length > 1 ? await this.#sentOf(head) : nothingSent
    head.sent = sent
    const outcome = await sendParts({
      adapter,
      origin: { chatId: this.#place.platformId, threadId: delivery.threadId },
      parts,
      partsSent: sent.count,
      author: this.#deps.author,
      keyOf: (part) => this.#deps.keyOf(delivery.id, part),
      traced: (part, call) => this.#deps.trace.called('send', delivery, part, call),
      onSent: (part, id) => this.#partSent(head, part, id, parts.length),
      timeoutMs: this.#deps.settings.deliveryTimeoutMs,
      signal: this.#deps.signal,
    })
    return this.#settle(head, outcome, parts.length)
  }

  async #sentOf(head: Head): Promise<SentParts> {
    return (head.sent ??= await readSentParts(this.#deps.mailbox, head.delivery.id))
  }

  /** Kept in the ledger where there are several: a next try, of any process, begins after it. */
  async #partSent(head: Head, part: number, id: string | undefined, parts: number): Promise<void> {
    head.sent = afterPart(head.sent ?? nothingSent, part, id)
    if (parts === 1) return
    const change = { status: 'delivered', platformMessageId: id } as const
    await this.#insist(() => this.#deps.mailbox.settlePart(head.delivery.id, part, change))
  }

  async #settle(head: Head, outcome: SendOutcome, parts: number): Next {
    switch (outcome.outcome) {
      case 'delivered':
        return this.#delivered(head)
      case 'terminal':
        return this.#end(head, 'failed', outcome.reason)
      case 'retryable':
        return this.#retry(head, outcome)
      case 'unknown':
        return this.#ambiguous(head, outcome.reason, parts)
      default:
        return outcome satisfies never
    }
  }

  async #delivered(head: Head, ambiguousCount = head.delivery.ambiguousCount): Promise<undefined> {
    const platformMessageId = head.sent?.platformMessageId
    await this.#record(head, {
      status: 'delivered',
      platformMessageId,
      ambiguousCount,
      nextAttemptAt: null,
      error: null,
    })
  }

  /** Nothing was sent, for sure. Without `pauseMs` the next try comes after the back-off. */
  async #retry(
    head: Head,
    {
      reason,
      retryAfterMs,
    }: { readonly reason: string; readonly retryAfterMs?: number | undefined },
    pauseMs?: number,
  ): Next {
    const adapter = this.#adapter
    if (adapter !== undefined && healthOf(adapter, this.#deps.clock).state === 'down') {
      return this.#hold(head, reason)
    }
    const attempts = head.delivery.attempts + 1
    if (attempts >= this.#deps.settings.maxAttempts) {
      return this.#end(head, 'failed', `given up after ${attempts} tries: ${reason}`)
    }
    const change = { status: 'retrying', attempts, error: reason } as const
    if (pauseMs === undefined) return this.#pause(head, change, retryAfterMs)
    await this.#record(head, change)
    return pauseMs
  }

  /** Why nothing can be sent now. The operator hears once of a channel that is not there. */
  #obstacle(adapter: ChannelAdapter | undefined): string | undefined {
    if (adapter !== undefined) {
      this.#toldMissing = false
      const { state, why } = healthOf(adapter, this.#deps.clock)
      return state === 'down' ? (why ?? 'the channel is down') : undefined
    }
    if (!this.#toldMissing) {
      this.#toldMissing = true
      const { channelType, channelInstance } = this.#place
      const channel = channelInstance === '' ? channelType : `${channelType} (${channelInstance})`
      const advice = 'what is sent there waits; add the channel, or revoke the destination'
      this.#deps.trouble('channel-missing', `no adapter serves the channel ${channel}; ${advice}`)
    }
    return noAdapter
  }

  /** A channel that is down is no try: the row waits until it is back. */
  async #hold(head: Head, why: string): Promise<number> {
    const { delivery } = head
    if (delivery.status !== 'retrying' || delivery.error !== why) {
      await this.#record(head, { status: 'retrying', nextAttemptAt: null, error: why })
    }
    return downPauseMs
  }

  async #pause(head: Head, change: DeliveryChange, retryAfterMs?: number): Promise<number> {
    const { settings, clock, random } = this.#deps
    const attempts = Math.max(1, (change.attempts ?? 0) + (change.ambiguousCount ?? 0))
    const baseMs = settings.retryBaseMs
    const pauseMs = backoffMs({ attempts, baseMs, retryAfterMs, random: random() })
    await this.#record(head, { ...change, nextAttemptAt: timestamp(clock, pauseMs) })
    return pauseMs
  }

  /** `sending` found in the ledger: the process that sent it did not live to say what came of it. */
  async #foundSending(head: Head, parts: number): Next {
    const sent = await this.#sentOf(head)
    if (sent.count >= parts) return this.#delivered(head)
    return this.#ambiguous(head, 'the host ended while this was being sent', parts, 0)
  }

  /**
   * I10: the part under way is looked up where the platform can; else it is sent again under the
   * same key, and counted.
   */
  async #ambiguous(head: Head, reason: string, parts: number, pauseMs?: number): Next {
    const { delivery } = head
    const part = head.sent?.count ?? 0
    const known = await lookUp({
      adapter: this.#adapter,
      key: this.#deps.keyOf(delivery.id, part),
      timeoutMs: this.#deps.settings.deliveryTimeoutMs,
      signal: this.#deps.signal,
      logger: this.#deps.logger,
      traced: (call) => this.#deps.trace.called('look_up', delivery, part, call),
    })
    if (known.outcome === 'not-sent') return this.#retry(head, { reason }, pauseMs)
    const ambiguousCount = delivery.ambiguousCount + 1
    if (known.outcome === 'sent') {
      await this.#partSent(head, part, known.platformMessageId, parts)
      if (part + 1 >= parts) return this.#delivered(head, ambiguousCount)
      await this.#record(head, { status: 'retrying', ambiguousCount, error: reason })
      return 0
    }
    if (delivery.attempts + ambiguousCount >= this.#deps.settings.maxAttempts) {
      const why = `given up after ${ambiguousCount} sends of unknown outcome: ${reason}`
      return this.#end(head, 'failed', why, ambiguousCount)
    }
    const { attempts } = delivery
    const change = { status: 'ambiguous', ambiguousCount, attempts, error: reason } as const
    if (pauseMs === undefined) return this.#pause(head, change)
    await this.#record(head, change)
    return pauseMs
  }

  async #end(
    head: Head,
    status: 'failed' | 'refused',
    reason: string,
    ambiguousCount = head.delivery.ambiguousCount,
  ): Promise<undefined> {
    const destination = await this.#deps.nameOf(this.#place)
    const change = { status, error: reason, nextAttemptAt: null, ambiguousCount } as const
    const notice = noticeOf({ seq: head.delivery.seq, status, destination, reason })
    await this.#record(head, change, [notice])
    this.#deps.onNotice()
    this.#deps.trouble(`delivery-${status}`, `a message to ${destination} was ${status}: ${reason}`)
  }

  async #record(
    head: Head,
    change: DeliveryChange,
    notices: readonly NewInbound[] = [],
  ): Promise<void> {
    const { id } = head.delivery
    head.delivery = await this.#insist(() => this.#deps.mailbox.settle(id, change, notices))
    head.announced = false
    if (endings.has(change.status)) this.#deps.trace.settled(id)
  }

  /**
   * An outcome is known here alone until it is committed: tried until it is, or we stop. A ledger that
   * is closed stays so.
   */
  async #insist<T>(commit: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await commit()
      } catch (error) {
        if (this.#deps.signal.aborted || isClosed(error)) throw error
        this.#deps.trouble('delivery-ledger', `the delivery ledger: ${errorMessage(error)}`)
        await this.#deps.sleep(troublePauseMs)
      }
    }
  }
}
