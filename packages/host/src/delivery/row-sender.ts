import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Delivery } from '@nanoclaw/core'
import type { Place } from '@nanoclaw/schema'
import type { DeliveryPolicy } from '../settings.ts'
import { ActionRunner } from './action-runner.ts'
import { beyondAnyPauseMs } from './backoff.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { currentPart, isUnsettled, mayHaveArrived, type Head } from './head.ts'
import { interpretRow, type TextMeaning } from './interpret-row.ts'
import { Ledger } from './ledger.ts'
import { MailSender } from './mail-sender.ts'
import { downPauseMs, Outcomes, type Next } from './outcomes.ts'
import { beginnings, readParts } from './parts.ts'
import { PartSender } from './part-sender.ts'
import { refusalOf } from './refusal-of.ts'
import { Reports, type Report } from './reports.ts'
import { UnknownSends, type PartSend } from './settle-unknown.ts'

const noAdapter = 'no adapter serves this channel'

/**
 * Takes deliveries to one place through the states of the ledger, one step at a time:
 *
 * 1. `sending` is committed, fully synced, before the adapter is called, for each part.
 * 2. What is `sending` and not ours to call becomes `ambiguous`, and is decided before it is sent.
 * 3. A delivery of several parts changes in one commit with its part, and is as its current part is.
 */
export class RowSender {
  readonly #place: Place
  readonly #deps: DeliveryDeps
  readonly #ledger: Ledger
  readonly #outcomes: Outcomes
  readonly #unknown: UnknownSends
  readonly #sender: PartSender
  readonly #mail: MailSender
  readonly #actions: ActionRunner
  readonly #reports: Reports

  constructor(place: Place, deps: DeliveryDeps) {
    this.#place = place
    this.#deps = deps
    this.#ledger = new Ledger(deps)
    this.#outcomes = new Outcomes(place, deps, this.#ledger)
    this.#unknown = new UnknownSends(deps, this.#ledger, this.#outcomes)
    this.#reports = new Reports(deps, this.#ledger, this.#outcomes)
    this.#sender = new PartSender(place, deps, this.#ledger, this.#outcomes)
    this.#mail = new MailSender(deps, this.#ledger, this.#outcomes)
    this.#actions = new ActionRunner(deps, this.#ledger, this.#outcomes)
  }

  /** Undefined: this delivery has ended here. A number: the milliseconds until the next look at it. */
  async step(head: Head): Next {
    const { delivery } = head
    const meaning = (head.meaning ??= interpretRow(delivery))
    if (meaning.type === 'impossible') return this.#outcomes.end(head, undefined, meaning)
    head.parts ??= await readParts(head, this.#deps.mailbox)
    if (meaning.type === 'action') {
      const dueInMs = this.#dueInMs(delivery)
      return dueInMs > 0 ? dueInMs : this.#actions.carryOut(head, meaning)
    }
    // Of mail it is known that a second send does not double it: it is judged again even so.
    if (!head.isAnnounced && (!isUnsettled(head) || meaning.type === 'mail')) {
      const refusal = await refusalOf(delivery, meaning, this.#deps)
      if (refusal !== undefined) return this.#notAllowed(head, refusal)
    }
    if (meaning.type === 'unable') {
      return this.#outcomes.end(head, undefined, { status: 'failed', reason: meaning.reason })
    }
    const dueInMs = this.#dueInMs(delivery)
    if (dueInMs > 0) return dueInMs
    return meaning.type === 'mail' ? this.#mail.send(head, meaning) : this.#sendText(head, meaning)
  }

  /** What a platform, or a person, says of a part; whether the delivery has ended here. */
  report(head: Head, report: Report): Promise<boolean> {
    return this.#reports.apply(head, report)
  }

  async #sendText(head: Head, meaning: TextMeaning): Next {
    const adapter = this.#adapter
    const obstacle = this.#obstacle(adapter)
    if (adapter === undefined || obstacle !== undefined) {
      // What may have been sent stays `sending` until it can be looked up.
      if (isUnsettled(head)) return downPauseMs
      return this.#outcomes.hold(head, obstacle ?? noAdapter)
    }
    await this.#begin(head, meaning.text, adapter)
    const part = currentPart(head)
    if (part !== undefined) {
      return this.#send({ head, part, adapter, policy: this.#policy }, meaning)
    }
    await this.#outcomes.delivered(head)
    return undefined
  }

  async #send(send: PartSend, meaning: TextMeaning): Next {
    const { head, part } = send
    if (isUnsettled(head)) return this.#unknown.found(send)
    if (head.isAnnounced) return this.#sender.call(send, meaning)
    if (part.status === 'failed') {
      const reason = head.delivery.error ?? 'a part of it failed'
      return this.#outcomes.end(head, part, { status: 'failed', reason })
    }
    // Who was asked, and has it sent again, has decided.
    const isOpen = part.status === 'ambiguous' && head.delivery.askedAt === null
    if (!isOpen) return this.#sender.announce(send, false)
    const decision = await this.#unknown.decide(send)
    if ('next' in decision) return decision.next
    return this.#sender.announce(send, decision.send === 'in-doubt')
  }

  get #adapter(): ChannelAdapter | undefined {
    return this.#deps.channels.find(this.#place.channelType, this.#place.channelInstance)
  }

  get #policy(): DeliveryPolicy {
    const { channelType, channelInstance } = this.#place
    return this.#deps.policyOf({ channelType, instance: channelInstance })
  }

  /** What may have arrived already cannot be refused any more; what has is not said to have failed. */
  async #notAllowed(head: Head, reason: string): Next {
    const adapter = this.#adapter
    const part = currentPart(head)
    if (adapter !== undefined && part?.status === 'ambiguous') {
      const known = await this.#unknown.lookUp({ head, part, adapter, policy: this.#policy })
      if (known.outcome === 'sent') {
        return this.#outcomes.arrived(head, part, known.platformMessageId)
      }
    }
    if (isUnsettled(head)) {
      const why = `${reason}; an earlier try may have arrived`
      return this.#outcomes.end(head, part, { status: 'failed', reason: why })
    }
    const status = mayHaveArrived(head) ? 'failed' : 'refused'
    return this.#outcomes.end(head, part, { status, reason })
  }

  #dueInMs({ nextAttemptAt }: Delivery): number {
    if (nextAttemptAt === null) return 0
    const dueInMs = Date.parse(nextAttemptAt) - this.#deps.clock.now()
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

  /** The parts that it goes out in are in the ledger before the first is sent. */
  async #begin(head: Head, text: string, { capabilities }: ChannelAdapter): Promise<void> {
    const begun = beginnings(head, text, capabilities.textLength)
    if (begun.length === 0) return
    const { id } = head.delivery
    await this.#ledger.settleParts(head, begun)
    head.parts = await readParts(head, this.#deps.mailbox)
    this.#deps.logger.debug({ id, parts: head.parts.length }, 'goes out in parts')
  }
}
