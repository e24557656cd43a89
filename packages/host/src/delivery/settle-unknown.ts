import type { ChannelAdapter, ReconcileResult } from '@nanoclaw/adapters'
import type { DeliveryPolicy } from '../settings.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { givenUp } from './endings.ts'
import type { Head, Part } from './head.ts'
import type { Ledger } from './ledger.ts'
import { lookUp } from './look-up.ts'
import type { Next, Outcomes } from './outcomes.ts'
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
  const { firstCall } = head
  const isOurs = firstCall?.part === part.number
  return protectedForMs({
    idempotency: adapter.capabilities.idempotency,
    firstSentAt: part.firstSentAt,
    nowMs,
    calledAgoMs: isOurs ? performance.now() - firstCall.ms : undefined,
    deliveryTimeoutMs: policy.deliveryTimeoutMs,
  })
}

/** What is done about a part that may have been sent: another send, in doubt or not, or what follows. */
export type Decision =
  { readonly send: 'in-doubt' | 'anew' } | { readonly next: number | undefined }

/**
 * Settles sends of unknown outcome (I10), in this order: while the key protects, the same key again;
 * else what the platform says when it is asked; else as the channel's policy has it. Nothing is
 * guessed, and nothing given up before it has been looked up.
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

  /** Records that it is unknown what came of an earlier process's call. */
  async found({ head, part, adapter }: PartSend): Next {
    this.#ledger.register(head, part)
    if (adapter.capabilities.deliveryReceipts) await this.#ledger.noteReceipt(head, part)
    const reason = 'the host ended while this was being sent'
    return this.#outcomes.unknown(head, part, { reason, pauseMs: 0 })
  }

  /** Of a part that is `ambiguous`, before it is sent again. */
  async decide(send: PartSend): Promise<Decision> {
    const { head, part, policy } = send
    const { maxAttempts, unknownOutcome } = policy
    const isProtected = protectionOf(send, this.#deps.clock.now()) > 0
    // The last try may be the unknown one: it, too, is repeated while that is safe.
    if (isProtected && part.attempts <= maxAttempts) return { send: 'in-doubt' }
    const known = await this.lookUp(send)
    if (known.outcome === 'sent') {
      return { next: await this.#outcomes.arrived(head, part, known.platformMessageId) }
    }
    const reason = head.delivery.error ?? 'its outcome is unknown'
    if (known.outcome === 'unknown' && unknownOutcome === 'ask') {
      return { next: await this.#outcomes.ask(head, part, reason) }
    }
    if (part.attempts >= maxAttempts) {
      const ending = { status: 'failed', reason: givenUp(part.attempts, reason) } as const
      return { next: await this.#outcomes.end(head, part, ending) }
    }
    return { send: known.outcome === 'unknown' ? 'in-doubt' : 'anew' }
  }

  /** What the platform says of a part's key. */
  lookUp({ head, part, adapter, policy }: PartSend): Promise<ReconcileResult> {
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
