import { errorMessage } from '@nanoclaw/schema'
import type { DeliveryDeps } from './delivery-deps.ts'
import { currentPart, type Head } from './head.ts'
import type { RowMeaning } from './interpret-row.ts'
import { isClosed, type Ledger } from './ledger.ts'
import { downPauseMs, type Next, type Outcomes } from './outcomes.ts'

/** A row that is mail. */
export type MailMeaning = Extract<RowMeaning, { readonly type: 'mail' }>

/**
 * Posts mail to other agents. A letter that is posted twice arrives once: what an earlier process left
 * as `sending` is posted again.
 */
export class MailSender {
  readonly #deps: DeliveryDeps
  readonly #ledger: Ledger
  readonly #outcomes: Outcomes

  constructor(deps: DeliveryDeps, ledger: Ledger, outcomes: Outcomes) {
    this.#deps = deps
    this.#ledger = ledger
    this.#outcomes = outcomes
  }

  async send(head: Head, { place, text }: MailMeaning): Next {
    const part = currentPart(head)
    // A person has it sent again, or it was left so by a crash after its last state.
    if (part === undefined) return undefined
    const { delivery } = head
    const { mail, trace } = this.#deps
    if (delivery.status !== 'sending') await this.#ledger.announce(head, part)
    const { id, inReplyTo } = delivery
    const letter = { id, to: place.platformId, inReplyTo, text }
    const outcome = await trace
      .called('send', delivery, part.number, () => mail.post(letter))
      .catch((error: unknown) => ({ outcome: 'trouble', error }) as const)
    head.isAnnounced = false
    switch (outcome.outcome) {
      case 'delivered':
        await this.#outcomes.delivered(head)
        return undefined
      case 'refused':
      case 'failed':
        return this.#outcomes.end(head, part, { status: outcome.outcome, reason: outcome.reason })
      case 'trouble':
        return this.#trouble(head, outcome.error)
      default:
        return outcome satisfies never
    }
  }

  async #trouble(head: Head, error: unknown): Next {
    const part = currentPart(head)
    // The host or the session is being put away: it is `sending` when that goes on.
    if (this.#deps.signal.aborted || isClosed(error) || part === undefined) return downPauseMs
    return this.#outcomes.retry(head, part, { reason: errorMessage(error) })
  }
}
