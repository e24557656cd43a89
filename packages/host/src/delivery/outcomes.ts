import type { PartChange } from '@nanoclaw/core'
import { timestamp, type Place } from '@nanoclaw/schema'
import type { DeliveryPolicy } from '../settings.ts'
import { backoffMs } from './backoff.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { endOfFailing, endOfOther, givenUp, type Ending } from './endings.ts'
import { allParts, currentPart, mayHaveArrived, type Head, type Part } from './head.ts'
import { countsAfter, type Counted, type Ledger } from './ledger.ts'
import { noticeOf, resultOf } from './notices.ts'
import { isOwnMessage } from './own-message.ts'
import { pauseWithin } from './window.ts'

/** What of a channel that is down or missing is waited for unless it says that it is back. */
export const downPauseMs = 30_000

/** Undefined: the delivery has ended here. A number: the milliseconds until the next look at it. */
export type Next = Promise<number | undefined>

/** A try that did not deliver, and is to be followed by another. */
export interface TryAgain {
  readonly reason: string
  readonly retryAfterMs?: number | undefined
  /** Until the next try. Default: the back-off. */
  readonly pauseMs?: number | undefined
  /** While what is in doubt is still protected by its key, in milliseconds; 0: it is not. */
  readonly protectedMs?: number | undefined
}

/** The transitions of a delivery out of one try, each one change of the ledger. */
export class Outcomes {
  readonly #place: Place
  readonly #deps: DeliveryDeps
  readonly #ledger: Ledger

  constructor(place: Place, deps: DeliveryDeps, ledger: Ledger) {
    this.#place = place
    this.#deps = deps
    this.#ledger = ledger
  }

  /** A part has arrived. `goesOn`: the next one is announced with it, and may be called for. */
  async arrived(
    head: Head,
    part: Part,
    platformMessageId: string | undefined,
    also: {
      readonly counted?: Counted
      readonly goesOn?: boolean
      readonly durable?: boolean
    } = {},
  ): Next {
    const { counted, goesOn = false, durable = false } = also
    const { delivery } = head
    const { number } = part
    const arrival = { status: 'delivered', platformMessageId, error: null } as const
    const isPart = (head.parts ?? []).length > 0
    const parts = isPart ? [{ part: number, ...arrival, ...countsAfter(part, counted) }] : []
    const left = allParts(head).filter((each) => each.number !== number)
    const next = left.find(({ status }) => status !== 'delivered')
    if (next === undefined) {
      const firstId = number === 0 ? platformMessageId : undefined
      await this.delivered(head, firstId, { parts, counted, durable })
      return undefined
    }
    if (goesOn && next.status === 'queued') {
      await this.#ledger.settleParts(head, [...parts, { part: next.number, status: 'sending' }])
      head.isAnnounced = true
      return 0
    }
    // What is in doubt cannot be known again not to be sent; else the delivery is as its next part.
    const isInDoubt = delivery.status === 'ambiguous' || next.status === 'ambiguous'
    const status = isInDoubt ? 'ambiguous' : 'retrying'
    const counts = countsAfter(delivery, counted)
    const ofAll = { status, nextAttemptAt: null, askedAt: null, ...counts } as const
    await this.#ledger.settle(head, ofAll, { parts, durable })
    return 0
  }

  /** All of it has arrived. */
  async delivered(
    head: Head,
    ownId?: string,
    also: { parts?: readonly PartChange[]; counted?: Counted; durable?: boolean } = {},
  ): Promise<void> {
    const { counted, ...along } = also
    await this.#ledger.settle(
      head,
      {
        status: 'delivered',
        platformMessageId: ownId ?? allParts(head)[0]?.platformMessageId ?? undefined,
        ...countsAfter(head.delivery, counted),
        nextAttemptAt: null,
        error: null,
      },
      along,
    )
  }

  /** Nothing was sent by this try, for sure; what an earlier one left in doubt stays so. */
  async retry(head: Head, part: Part, again: TryAgain): Next {
    const attempts = part.attempts + 1
    if (head.isStillInDoubt) return this.#pause(head, part, again, 'ambiguous', 'not-sent')
    if (attempts < this.#policy.maxAttempts) {
      return this.#pause(head, part, again, 'retrying', 'not-sent')
    }
    const reason = givenUp(attempts, again.reason)
    return this.end(head, part, { status: 'failed', reason, counted: 'not-sent' })
  }

  /** It may have been sent, and nobody can say: counted, whatever is found out later. */
  unknown(head: Head, part: Part, again: TryAgain): Next {
    return this.#pause(head, part, again, 'ambiguous', 'unknown')
  }

  /** A person is asked whether it arrived; the queue goes on without it. */
  async ask(head: Head, part: Part, reason: string): Promise<undefined> {
    const { id } = head.delivery
    const count = head.parts?.length ?? 0
    const which = count === 0 ? '' : `part ${part.number + 1} of ${count} of `
    const what = `${which}a message to ${await this.#destination()}`
    // First: a process that dies in between asks again, and finds the question open.
    await this.#ledger.insist(() => this.#deps.ask(id, { what, reason }))
    const askedAt = timestamp(this.#deps.clock)
    const change = { status: 'ambiguous', askedAt, nextAttemptAt: null, error: reason } as const
    await this.#ledger.settleBoth(head, part, change)
  }

  /** A channel that is down or missing is no try: the delivery waits until it is back. */
  async hold(head: Head, why: string): Promise<number> {
    const { status, error } = head.delivery
    // Of what is ambiguous already nothing new is known.
    if (status === 'ambiguous' || (status === 'retrying' && error === why)) return downPauseMs
    const waiting = head.isStillInDoubt ? 'ambiguous' : 'retrying'
    const change = { status: waiting, nextAttemptAt: null, error: why } as const
    await this.#ledger.settleBoth(head, currentPart(head), change)
    return downPauseMs
  }

  /** It does not go out. The agent and the operator are told; of the host's own messages, he alone. */
  async end(head: Head, part: Part | undefined, ending: Ending): Promise<undefined> {
    const { delivery } = head
    const { status, reason, counted, isKnown = false, isByHand = false } = ending
    const action = head.meaning?.type === 'action' ? head.meaning.content.action : undefined
    const destination = await this.#destination()
    const others = endOfOther(head, part)
    const hasMore = others.some((each) => each.status === 'ambiguous')
    const isInDoubt = hasMore || mayHaveArrived(head, isKnown ? part : undefined)
    const error = isInDoubt ? `${reason}; an earlier try may have arrived` : reason
    const isOwn = isOwnMessage(delivery)
    const notice =
      action === undefined
        ? noticeOf({ seq: delivery.seq, status, destination, reason: error })
        : resultOf(delivery.id, { ok: false, reason: error })
    if (!isByHand) {
      const whose = isOwn ? "the host's own message" : 'a message'
      const what = action === undefined ? `${whose} to ${destination}` : `the action ${action}`
      const message = `${what} was ${status}: ${error}`
      // First: nothing ends that nobody was told of, whenever the process dies.
      await this.#ledger.insist(() =>
        this.#deps.tell(`${action === undefined ? 'delivery' : 'action'}-${status}`, message),
      )
    }
    const parts = [...endOfFailing(head, part, ending, error), ...others]
    const counts = countsAfter(delivery, hasMore ? 'unknown' : counted)
    const notices = isOwn ? [] : [notice]
    const change = { status, error, nextAttemptAt: null, ...counts } as const
    await this.#ledger.settle(head, change, { parts, notices, durable: true })
    if (!isOwn) this.#deps.onNotice()
  }

  #destination(): Promise<string> {
    return this.#ledger.insist(() => this.#deps.nameOf(this.#place))
  }

  get #policy(): DeliveryPolicy {
    const { channelType, channelInstance } = this.#place
    return this.#deps.policyOf({ channelType, instance: channelInstance })
  }

  async #pause(
    head: Head,
    part: Part,
    again: TryAgain,
    status: 'retrying' | 'ambiguous',
    counted: Counted,
  ): Promise<number> {
    const { clock, random } = this.#deps
    const { retryBaseMs: baseMs, retryLongestMs: longestMs } = this.#policy
    const { retryAfterMs, protectedMs = 0, reason: error } = again
    const { attempts } = countsAfter(part, counted)
    const backoff = { attempts, baseMs, longestMs, retryAfterMs, random: random() }
    const fullMs = again.pauseMs ?? backoffMs(backoff)
    const isProtected = status === 'ambiguous' && protectedMs > 0
    const pauseMs = isProtected ? pauseWithin(fullMs, protectedMs) : fullMs
    const nextAttemptAt = timestamp(clock, pauseMs)
    await this.#ledger.settleBoth(head, part, { status, nextAttemptAt, error }, counted)
    return pauseMs
  }
}
