import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { DeliveryDeps } from './delivery-deps.ts'
import type { Head, Part } from './head.ts'
import type { Ledger } from './ledger.ts'
import { lookUp } from './look-up.ts'
import type { Next, Outcomes } from './outcomes.ts'
import type { DeliveryPolicy } from '../settings.ts'
import { protectedForMs } from './window.ts'

/** A part that is to be sent, or was, and by whom. */
export interface PartSend {
  readonly head: Head
  readonly part: Part
  readonly adapter: ChannelAdapter
  readonly policy: DeliveryPolicy
}

/** For how many milliseconds the part's key still protects a second send. */
export function protectionOf({ head, part, adapter, policy }: PartSend, nowMs: number): number {
  const { firstCallMs } = head
  return protectedForMs({
    idempotency: adapter.capabilities.idempotency,
    firstSentAt: part.firstSentAt,
    nowMs,
    calledAgoMs: firstCallMs === undefined ? undefined : performance.now() - firstCallMs,
    deliveryTimeoutMs: policy.deliveryTimeoutMs,
  })
}

/**
 * Settles sends of unknown outcome (I10), in this order: while the key protects, the same key again;
 * else what the platform says when it is asked; else as the channel's policy has it. Nothing is
 * guessed.
 */
export class UnknownSends {
  readonly #deps: DeliveryDeps
  readonly #ledger: Ledger
  readonly #outcomes: Outcomes

  constructor(deps: DeliveryDeps, ledger: Ledger, outcomes: Outcomes) {
    this.#deps = deps
    this.#ledger = ledger
    this.#outcomes = outcomes
  }

  /** Of a part that is `sending` in the ledger: our own call, or one of an earlier process. */
  async settle(send: PartSend): Next {
    const { head, part, adapter } = send
    this.#ledger.register(head, part)
    if (adapter.capabilities.deliveryReceipts) await this.#ledger.noteReceipt(head, part)
    const isOurs = head.unknownReason !== undefined
    const reason = head.unknownReason ?? 'the host ended while this was being sent'
    const pauseMs = isOurs ? undefined : 0
    const protectedMs = protectionOf(send, this.#deps.clock.now())
    if (protectedMs > 0) {
      return this.#outcomes.ambiguous(head, part, { reason, pauseMs, protectedMs })
    }
    const known = await this.#lookUp(send)
    switch (known.outcome) {
      case 'sent':
        return this.#outcomes.arrived(head, part, known.platformMessageId, { counted: true })
      case 'not-sent':
        head.isInDoubt = false
        return this.#outcomes.retry(head, part, { reason, pauseMs })
      case 'unknown':
        if (send.policy.unknownOutcome === 'ask') {
          return this.#outcomes.ask(head, part, reason, true)
        }
        head.isDecided = pauseMs === 0
        return this.#outcomes.ambiguous(head, part, { reason, pauseMs })
      default:
        return known satisfies never
    }
  }

  /** Of a part that is `ambiguous`, before it is sent again. `'send'`: it is to be. */
  async decide(send: PartSend): Promise<'send' | { readonly next: number | undefined }> {
    const { head, part } = send
    if (head.isDecided || protectionOf(send, this.#deps.clock.now()) > 0) return 'send'
    const known = await this.#lookUp(send)
    if (known.outcome === 'sent') {
      const arrived = { counted: false }
      return { next: await this.#outcomes.arrived(head, part, known.platformMessageId, arrived) }
    }
    if (known.outcome === 'not-sent') head.isInDoubt = false
    else if (send.policy.unknownOutcome === 'ask') {
      const reason = head.delivery.error ?? 'its outcome is unknown'
      return { next: await this.#outcomes.ask(head, part, reason) }
    }
    return 'send'
  }

  #lookUp({ head, part, adapter, policy }: PartSend): ReturnType<typeof lookUp> {
    const { delivery } = head
    const { signal, logger, trace, keyOf } = this.#deps
    return lookUp({
      adapter,
      key: keyOf(delivery.id, part.number),
      timeoutMs: policy.deliveryTimeoutMs,
      signal,
      logger,
      traced: (call) => trace.called('look_up', delivery, part.number, call),
    })
  }
}
