import type { DeliveryUpdate } from '@nanoclaw/adapters'
import type { DeliveryDeps } from './delivery-deps.ts'
import { currentPart, type Head, type Part } from './head.ts'
import type { Ledger } from './ledger.ts'
import type { Outcomes } from './outcomes.ts'
import { readParts } from './parts.ts'

/** What somebody knows of a part that has been sent, or may have been. */
export interface Report {
  /** Counted from 0; undefined: the one that is in doubt. */
  readonly part: number | undefined
  readonly update: DeliveryUpdate
  /** A person says so, who was asked. */
  readonly isByHand?: boolean
}

/** Applies reports of platforms and the answers of people to the ledger. */
export class Reports {
  readonly #deps: DeliveryDeps
  readonly #ledger: Ledger
  readonly #outcomes: Outcomes

  constructor(deps: DeliveryDeps, ledger: Ledger, outcomes: Outcomes) {
    this.#deps = deps
    this.#ledger = ledger
    this.#outcomes = outcomes
  }

  /** Whether the delivery has ended. What changes nothing is left alone. */
  async apply(head: Head, report: Report): Promise<boolean> {
    head.parts ??= await readParts(head, this.#deps.mailbox)
    const { update } = report
    const part = this.#partOf(head, report)
    const { delivery } = head
    if (part?.status === 'delivered' && update.status === 'delivered') {
      await this.#noteId(head, part, update.platformMessageId)
      return delivery.status === 'delivered'
    }
    const isOpen = part?.status === 'sending' || part?.status === 'ambiguous'
    const isAsked = delivery.status === 'ambiguous' && delivery.askedAt !== null
    if (
      part === undefined ||
      !(isOpen || (part.status === 'delivered' && update.status === 'failed'))
    ) {
      return false
    }
    const hasEnded =
      update.status === 'failed'
        ? await this.#failed(head, part, report)
        : await this.#delivered(head, part, update.platformMessageId, isAsked)
    if (isAsked) await this.#ledger.insist(() => this.#deps.answered(delivery.id))
    return hasEnded
  }

  #partOf(head: Head, { part }: Report): Part | undefined {
    const parts = head.parts ?? []
    if (part === undefined || parts.length === 0) {
      return part === undefined || part === 0 ? currentPart(head, '') : undefined
    }
    return parts[part]
  }

  /** The platform's id of what it had queued, where it did not tell one. */
  async #noteId(head: Head, part: Part, platformMessageId: string | undefined): Promise<void> {
    const { delivery, parts = [] } = head
    if (part.platformMessageId !== null || platformMessageId === undefined) return
    if (parts.length > 0) {
      const change = { part: part.number, status: 'delivered', platformMessageId } as const
      await this.#ledger.settleParts(head, [change])
    }
    if (delivery.status === 'delivered' && part.number === 0) {
      await this.#ledger.settle(head, { status: 'delivered', platformMessageId })
    }
  }

  async #failed(head: Head, part: Part, { update, isByHand }: Report): Promise<boolean> {
    const { status } = head.delivery
    const reason = update.status === 'failed' ? update.reason : ''
    if (status === 'failed' || status === 'refused') {
      // It has been told of; queued again it begins with this part, too.
      await this.#ledger.settleParts(head, [{ part: part.number, status: 'failed', error: reason }])
      return true
    }
    head.isInDoubt = false
    await this.#outcomes.end(head, part, { status: 'failed', reason, isByHand: isByHand ?? false })
    return true
  }

  async #delivered(
    head: Head,
    part: Part,
    platformMessageId: string | undefined,
    isAsked: boolean,
  ): Promise<boolean> {
    const { id, status } = head.delivery
    const counted = status === 'sending' && !head.isAnnounced
    const next = await this.#outcomes.arrived(head, part, platformMessageId, { counted })
    if (next === undefined) return true
    // The parts after it are sent.
    if (isAsked) head.delivery = await this.#ledger.insist(() => this.#deps.mailbox.requeue(id))
    return false
  }
}
