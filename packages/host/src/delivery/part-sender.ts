import type { Place } from '@nanoclaw/schema'
import { callAdapter, type CallOutcome } from './call-adapter.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import type { Ledger } from './ledger.ts'
import type { Next, Outcomes } from './outcomes.ts'
import { hostAuthor, isOwnMessage } from './own-message.ts'
import { protectionOf, type PartSend } from './settle-unknown.ts'

/** Why the platform has not answered; undefined: it has. */
function failureOf(outcome: CallOutcome): string | undefined {
  if (outcome.outcome === 'unknown') return outcome.reason
  if (outcome.outcome !== 'retryable' || outcome.retryAfterMs !== undefined) return undefined
  return outcome.reason
}

/** Announces parts, calls the adapter for them, and hands what came of it to the ledger. */
export class PartSender {
  readonly #place: Place
  readonly #deps: DeliveryDeps
  readonly #ledger: Ledger
  readonly #outcomes: Outcomes

  constructor(place: Place, deps: DeliveryDeps, ledger: Ledger, outcomes: Outcomes) {
    this.#place = place
    this.#deps = deps
    this.#ledger = ledger
    this.#outcomes = outcomes
  }

  /** Commits `sending`: of the part first, since that alone says nothing yet. */
  async announce({ head, part }: PartSend): Next {
    if ((head.parts ?? []).length > 0 && part.status !== 'sending') {
      await this.#ledger.settleParts(head, [{ part: part.number, status: 'sending' }])
    }
    await this.#ledger.settle(head, { status: 'sending', nextAttemptAt: null })
    head.isAnnounced = true
    return 0
  }

  /** Calls the adapter for a part that is announced. */
  async call(send: PartSend): Next {
    const { head, part, adapter, policy } = send
    const { delivery } = head
    const { author, channels, signal, trace } = this.#deps
    const key = this.#ledger.register(head, part)
    // Its report may come before the answer is kept, or after a crash.
    if (adapter.capabilities.deliveryReceipts) await this.#ledger.noteReceipt(head, part)
    head.firstCallMs ??= performance.now()
    const outcome = await callAdapter({
      adapter,
      origin: { chatId: this.#place.platformId, threadId: delivery.threadId },
      part: part.content,
      key,
      author: isOwnMessage(delivery) ? hostAuthor : author,
      timeoutMs: policy.deliveryTimeoutMs,
      signal,
      traced: (call) => trace.called('send', delivery, part.number, call),
    })
    channels.noteSend(adapter, failureOf(outcome))
    head.isAnnounced = false
    head.isDecided = false
    return this.#settle(send, outcome)
  }

  async #settle(send: PartSend, outcome: CallOutcome): Next {
    const { head, part, adapter } = send
    switch (outcome.outcome) {
      case 'delivered': {
        const { platformMessageId, isQueued } = outcome
        const isNoted = adapter.capabilities.deliveryReceipts
        if (isQueued && !isNoted) await this.#ledger.noteReceipt(head, part)
        return this.#outcomes.arrived(head, part, platformMessageId, { isLive: true })
      }
      case 'terminal':
        return this.#outcomes.end(head, part, { status: 'failed', reason: outcome.reason })
      case 'retryable': {
        const { reason, retryAfterMs } = outcome
        if (this.#deps.channels.health(adapter).state === 'down') {
          return this.#outcomes.hold(head, part, reason)
        }
        const protectedMs = protectionOf(send, this.#deps.clock.now())
        return this.#outcomes.retry(head, part, { reason, retryAfterMs, protectedMs })
      }
      case 'unknown':
        head.unknownReason = outcome.reason
        return 0
      default:
        return outcome satisfies never
    }
  }
}
