import { errorMessage } from '@nanoclaw/schema'
import type { DeliveryDeps } from './delivery-deps.ts'
import { currentPart, type Head } from './head.ts'
import type { ActionMeaning } from './interpret-row.ts'
import { isClosed, type Ledger } from './ledger.ts'
import { resultOf } from './notices.ts'
import { downPauseMs, type Next, type Outcomes } from './outcomes.ts'

/**
 * Has the actions of a session carried out, one after the other, in its ledger like what it sends. The
 * agent gets one row with what became of each, in the transaction that ends it. One that an earlier
 * process has begun is asked for again, and done once.
 */
export class ActionRunner {
  readonly #deps: DeliveryDeps
  readonly #ledger: Ledger
  readonly #outcomes: Outcomes

  constructor(deps: DeliveryDeps, ledger: Ledger, outcomes: Outcomes) {
    this.#deps = deps
    this.#ledger = ledger
    this.#outcomes = outcomes
  }

  async carryOut(head: Head, { content }: ActionMeaning): Next {
    const part = currentPart(head)
    if (part === undefined) return undefined
    const { id, inReplyTo, status } = head.delivery
    if (status !== 'sending') await this.#ledger.announce(head, part)
    const outcome = await this.#deps.actions
      .carryOut({ id, content, inReplyTo })
      .catch((error: unknown) => ({ outcome: 'trouble', error }) as const)
    head.isAnnounced = false
    switch (outcome.outcome) {
      case 'done': {
        const notices = [resultOf(id, { ok: true, result: outcome.result })]
        const change = { status: 'delivered', nextAttemptAt: null, error: null } as const
        await this.#ledger.settle(head, change, { notices, durable: true })
        this.#deps.onNotice()
        return undefined
      }
      case 'refused':
      case 'failed':
        return this.#outcomes.end(head, part, { status: outcome.outcome, reason: outcome.reason })
      case 'trouble': {
        const { error } = outcome
        // The host or the session is being put away: it is `sending` when that goes on.
        if (this.#deps.signal.aborted || isClosed(error)) return downPauseMs
        return this.#outcomes.retry(head, part, { reason: errorMessage(error) })
      }
      default:
        return outcome satisfies never
    }
  }
}
