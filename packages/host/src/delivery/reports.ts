import type { DeliveryUpdate } from '@nanoclaw/adapters'
import { isAsked } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import type { DeliveryDeps } from './delivery-deps.ts'
import { allParts, currentPart, isUnsettled, type Head, type Part } from './head.ts'
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

function wasEverAsked({ delivery }: Head): boolean {
  return delivery.status === 'ambiguous' && delivery.askedAt !== null
}

function hasEnded({ delivery: { status } }: Head): boolean {
  return status === 'delivered' || status === 'failed' || status === 'refused'
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

  /**
   * Whether the delivery has ended. What changes nothing is in the log alone.
   * @throws NanoclawError `bad-state` for what a person says who is not asked (any more).
   */
  async apply(head: Head, { part: number, update, isByHand = false }: Report): Promise<boolean> {
    const { id, status } = head.delivery
    head.parts ??= await readParts(head, this.#deps.mailbox)
    const part = number === undefined ? currentPart(head) : allParts(head)[number]
    const wasAsked = wasEverAsked(head)
    if (isByHand && !isAsked(head.delivery)) {
      const wanted = `expected a message that a person is asked about, but ${id} is ${status}`
      throw new NanoclawError('bad-state', `${wanted}; look at what it is now`)
    }
    const isUsed =
      part !== undefined &&
      (update.status === 'failed'
        ? await this.#failed(head, part, update.reason, isByHand)
        : await this.#delivered(head, part, update.platformMessageId))
    if (!isUsed) {
      const said = { id, part: number, says: update.status, status }
      this.#deps.logger.warn(said, 'what a platform reports of a message changes nothing')
    } else if (wasAsked) await this.#ledger.insist(() => this.#deps.answered(id))
    return hasEnded(head)
  }

  /** Whether it is news. */
  async #failed(head: Head, part: Part, reason: string, isByHand: boolean): Promise<boolean> {
    const { status } = head.delivery
    if (!['sending', 'ambiguous', 'delivered'].includes(part.status)) return false
    if (status === 'failed' || status === 'refused') {
      // It has been told of; queued again it begins with this part, too.
      if ((head.parts ?? []).length === 0) return false
      await this.#ledger.settleParts(head, [{ part: part.number, status: 'failed', error: reason }])
      return true
    }
    const ending = { status: 'failed', reason, isKnown: true, isByHand } as const
    await this.#outcomes.end(head, part, ending)
    return true
  }

  /** Whether it is news. */
  async #delivered(head: Head, part: Part, platformMessageId?: string): Promise<boolean> {
    if (part.status === 'delivered') return this.#noteId(head, part, platformMessageId)
    const isOpen = part.status === 'sending' || part.status === 'ambiguous'
    if (hasEnded(head)) {
      // Queued again it goes on after this part.
      if (!isOpen || (head.parts ?? []).length === 0) return false
      const change = { part: part.number, status: 'delivered', platformMessageId } as const
      await this.#ledger.settleParts(head, [change])
      return true
    }
    if (!isOpen && part.firstSentAt === null) return false
    const counted = isUnsettled(head) ? 'unknown' : undefined
    // What is to be sent again has arrived after all: by the way that the ledger knows.
    if (!isOpen) await this.#ledger.announce(head, part)
    const also = { counted, durable: true } as const
    await this.#outcomes.arrived(head, part, platformMessageId, also)
    return true
  }

  /** The platform's id of what it had queued, where it did not tell one. */
  async #noteId(head: Head, part: Part, platformMessageId?: string): Promise<boolean> {
    const { delivery, parts = [] } = head
    if (part.platformMessageId !== null || platformMessageId === undefined) return true
    const change = { status: 'delivered', platformMessageId } as const
    const ofParts = parts.length > 0 ? [{ part: part.number, ...change }] : []
    if (delivery.status === 'delivered' && part.number === 0) {
      await this.#ledger.settle(head, change, { parts: ofParts })
    } else if (ofParts.length > 0) await this.#ledger.settleParts(head, ofParts)
    return true
  }
}
