import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Delivery } from '@nanoclaw/core'
import type { Place } from '@nanoclaw/schema'
import type { DeliveryPolicy } from '../settings.ts'
import { beyondAnyPauseMs } from './backoff.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { ambiguousCountOf, currentPart, isUnsettled, type Head, type Part } from './head.ts'
import { interpretRow } from './interpret-row.ts'
import { Ledger } from './ledger.ts'
import { downPauseMs, Outcomes, type Next } from './outcomes.ts'
import { isOwnMessage } from './own-message.ts'
import { planParts } from './parts.ts'
import { PartSender } from './part-sender.ts'
import { Reports, type Report } from './reports.ts'
import { UnknownSends, type PartSend } from './settle-unknown.ts'

const noAdapter = 'no adapter serves this channel'

/**
 * Takes deliveries to one place through the states of the ledger, one step at a time:
 *
 * 1. `sending` is committed, fully synced, before the adapter is called, for each part.
 * 2. What is `sending` and not ours to call is settled (`UnknownSends`) before anything is sent.
 * 3. Of a delivery in parts the ledger has the part first: a delivery that is `sending` may have been
 *    called for its current part only if that is `sending`, too.
 */
export class RowSender {
  readonly #place: Place
  readonly #deps: DeliveryDeps
  readonly #ledger: Ledger
  readonly #outcomes: Outcomes
  readonly #unknown: UnknownSends
  readonly #sender: PartSender
  readonly #reports: Reports

  constructor(place: Place, deps: DeliveryDeps) {
    this.#place = place
    this.#deps = deps
    this.#ledger = new Ledger(deps)
    this.#outcomes = new Outcomes(place, deps, this.#ledger)
    this.#unknown = new UnknownSends(deps, this.#ledger, this.#outcomes)
    this.#reports = new Reports(deps, this.#ledger, this.#outcomes)
    this.#sender = new PartSender(place, deps, this.#ledger, this.#outcomes)
  }

  /** Undefined: this delivery has ended here. A number: the milliseconds until the next look at it. */
  async step(head: Head): Next {
    const { delivery } = head
    if (!head.isAnnounced && !isUnsettled(head)) {
      const refusal = await this.#refusal(delivery)
      if (refusal !== undefined) return this.#notAllowed(head, refusal)
    }
    const meaning = interpretRow(delivery)
    if (meaning.type === 'impossible') {
      return this.#outcomes.end(head, undefined, meaning)
    }
    const dueInMs = this.#dueInMs(delivery)
    if (dueInMs > 0) return dueInMs
    const adapter = this.#adapter
    const obstacle = this.#obstacle(adapter)
    if (adapter === undefined || obstacle !== undefined) {
      // What may have been sent stays `sending` until it can be looked up.
      if (isUnsettled(head)) return downPauseMs
      return this.#outcomes.hold(head, partInLedger(head), obstacle ?? noAdapter)
    }
    await this.#plan(head, meaning.text, adapter)
    const part = currentPart(head, meaning.text)
    if (part === undefined) return this.#outcomes.delivered(head)
    const send = { head, part, adapter, policy: this.#policy }
    if (isUnsettled(head)) return this.#settle(send)
    if (head.isAnnounced) return this.#sender.call(send)
    const decision = head.isInDoubt ? await this.#unknown.decide(send) : 'send'
    return decision === 'send' ? this.#sender.announce(send) : decision.next
  }

  /** What a platform, or a person, says of a part; whether the delivery has ended here. */
  report(head: Head, report: Report): Promise<boolean> {
    return this.#reports.apply(head, report)
  }

  get #adapter(): ChannelAdapter | undefined {
    return this.#deps.channels.find(this.#place.channelType, this.#place.channelInstance)
  }

  get #policy(): DeliveryPolicy {
    const { channelType, channelInstance } = this.#place
    return this.#deps.policyOf({ channelType, instance: channelInstance })
  }

  /** Why the address book does not let it go out; the host's own messages are not asked for. */
  async #refusal(delivery: Delivery): Promise<string | undefined> {
    if (isOwnMessage(delivery)) return undefined
    const verdict = await this.#deps.authorize(this.#place)
    return verdict.allowed ? undefined : verdict.reason
  }

  /** What may have arrived already cannot be refused any more. */
  #notAllowed(head: Head, reason: string): Next {
    const isRefused = head.delivery.status !== 'ambiguous'
    head.isInDoubt = !isRefused
    const part = partInLedger(head)
    return this.#outcomes.end(head, part, { status: isRefused ? 'refused' : 'failed', reason })
  }

  #dueInMs({ status, nextAttemptAt }: Delivery): number {
    if (nextAttemptAt === null) return 0
    const dueInMs = Date.parse(nextAttemptAt) - this.#deps.clock.now()
    if (status === 'queued') return dueInMs
    return dueInMs > beyondAnyPauseMs(this.#policy.retryLongestMs) ? 0 : dueInMs
  }

  /** Why nothing can be sent now. Whoever waits tells of a channel that is not there. */
  #obstacle(adapter: ChannelAdapter | undefined): string | undefined {
    if (adapter === undefined) {
      this.#deps.missing(this.#place)
      return noAdapter
    }
    const { state, why } = this.#deps.channels.health(adapter)
    return state === 'down' ? (why ?? 'the channel is down') : undefined
  }

  async #plan(head: Head, text: string, adapter: ChannelAdapter): Promise<void> {
    if (head.parts !== undefined) return
    const { mailbox } = this.#deps
    const { textLength } = adapter.capabilities
    head.parts = await this.#ledger.insist(() => planParts(head, text, textLength, mailbox))
    head.isNew = false
    const { askedAt, nextAttemptAt, status } = head.delivery
    // A person who was asked, and has it sent again, has decided.
    const isAnswered = askedAt !== null && nextAttemptAt !== null
    const part = currentPart(head, text)
    head.isInDoubt = status === 'ambiguous' && part?.status === 'ambiguous' && !isAnswered
  }

  /** What is `sending` in the ledger without a call of ours to come. */
  async #settle(send: PartSend): Next {
    const { head, part } = send
    if (part.status === 'sending') return this.#unknown.settle(send)
    const { error } = head.delivery
    if (part.status === 'failed') {
      const reason = error ?? 'a part of it failed'
      return this.#outcomes.end(head, part, { status: 'failed', reason })
    }
    // A crash kept the delivery from following its part.
    const status = part.status === 'ambiguous' ? 'ambiguous' : 'retrying'
    const ambiguousCount = ambiguousCountOf(head)
    await this.#ledger.settle(head, { status, ambiguousCount, nextAttemptAt: null })
    head.isInDoubt = status === 'ambiguous'
    return 0
  }
}

function partInLedger(head: Head): Part | undefined {
  return head.parts?.find(({ status }) => status !== 'delivered')
}
