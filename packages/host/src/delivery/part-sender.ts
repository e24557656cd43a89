import type { TextPart } from '@nanoclaw/adapters'
import type { Place } from '@nanoclaw/schema'
import { callAdapter, type CallOutcome } from './call-adapter.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import type { TextMeaning } from './interpret-row.ts'
import type { Ledger } from './ledger.ts'
import type { Next, Outcomes } from './outcomes.ts'
import { hostAuthor, isOwnMessage } from './own-message.ts'
import { readPart } from './parts.ts'
import { refusalOf } from './refusal-of.ts'
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

  /** Commits `sending`. `isInDoubt`: an earlier call may have sent it, and this one decides nothing. */
  async announce({ head, part }: PartSend, isInDoubt: boolean): Next {
    await this.#ledger.announce(head, part)
    head.isStillInDoubt = isInDoubt
    return 0
  }

  /** Calls the adapter for a part that is announced. */
  async call(send: PartSend, meaning: TextMeaning): Next {
    const { head, part, adapter, policy } = send
    const { delivery } = head
    const { author, channels, signal, trace } = this.#deps
    const key = this.#ledger.register(head, part)
    // Its report may come before the answer is kept, or after a crash.
    if (adapter.capabilities.deliveryReceipts) await this.#ledger.noteReceipt(head, part)
    if (head.firstCall?.part !== part.number) {
      head.firstCall = { part: part.number, ms: performance.now() }
    }
    const whole: TextPart = { type: 'text', text: meaning.text }
    const outcome = await callAdapter({
      adapter,
      origin: { chatId: this.#place.platformId, threadId: delivery.threadId },
      part: part.content === null ? whole : readPart(part.content),
      key,
      author: isOwnMessage(delivery) ? hostAuthor : author,
      timeoutMs: policy.deliveryTimeoutMs,
      signal,
      traced: (call) => trace.called('send', delivery, part.number, call),
    })
    channels.noteSend(adapter, failureOf(outcome))
    head.isAnnounced = false
    return this.#settle(send, meaning, outcome)
  }

  async #settle(send: PartSend, meaning: TextMeaning, outcome: CallOutcome): Next {
    const { head, part, adapter } = send
    const { channels, clock, signal } = this.#deps
    switch (outcome.outcome) {
      case 'delivered': {
        const { platformMessageId, isQueued } = outcome
        const isNoted = adapter.capabilities.deliveryReceipts
        if (isQueued && !isNoted) await this.#ledger.noteReceipt(head, part)
        const goesOn = await this.#goesOn(send, meaning)
        return this.#outcomes.arrived(head, part, platformMessageId, { goesOn })
      }
      case 'terminal':
        return this.#outcomes.end(head, part, { status: 'failed', reason: outcome.reason })
      case 'retryable': {
        const { reason, retryAfterMs } = outcome
        if (channels.health(adapter).state === 'down') return this.#outcomes.hold(head, reason)
        const protectedMs = protectionOf(send, clock.now())
        return this.#outcomes.retry(head, part, { reason, retryAfterMs, protectedMs })
      }
      case 'unknown': {
        // The next process finds it `sending`.
        if (signal.aborted) return 0
        const { reason } = outcome
        const protectedMs = protectionOf(send, clock.now())
        return this.#outcomes.unknown(head, part, { reason, protectedMs })
      }
      default:
        return outcome satisfies never
    }
  }

  /** Whether the next part may be called for at once: the address book is asked for each (I5). */
  async #goesOn({ head, part }: PartSend, meaning: TextMeaning): Promise<boolean> {
    const isLast = part.number + 1 >= (head.parts ?? []).length
    if (isLast || this.#deps.signal.aborted) return false
    const refusal = await this.#ledger.insist(() => refusalOf(head.delivery, meaning, this.#deps))
    return refusal === undefined
  }
}
