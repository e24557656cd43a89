import { timestamp, type Place } from '@nanoclaw/schema'
import { backoffMs } from './backoff.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { ambiguousCountOf, type Head, type Part } from './head.ts'
import type { Ledger } from './ledger.ts'
import { noticeOf } from './notices.ts'
import { isOwnMessage } from './own-message.ts'
import type { PolicyOf } from './policies.ts'
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

/** How a delivery ends that does not go out. */
export interface Ending {
  readonly status: 'failed' | 'refused'
  readonly reason: string
  /** Default: as it is. */
  readonly ambiguousCount?: number
  /** The operator has said so: he is not told. */
  readonly isByHand?: boolean
}

/** The transitions of a delivery out of one try, each a change of the ledger. */
export class Outcomes {
  readonly #place: Place
  readonly #deps: DeliveryDeps
  readonly #ledger: Ledger

  constructor(place: Place, deps: DeliveryDeps, ledger: Ledger) {
    this.#place = place
    this.#deps = deps
    this.#ledger = ledger
  }

  /** A part has arrived. `counted`: it was unknown until it was looked up, or reported. */
  async arrived(
    head: Head,
    part: Part,
    platformMessageId: string | undefined,
    { counted = false, isLive = false }: { readonly counted?: boolean; readonly isLive?: boolean },
  ): Next {
    const ambiguousCount = ambiguousCountOf(head) + (counted ? 1 : 0)
    const { parts = [], delivery } = head
    const next = parts[part.number + 1]
    if (parts.length > 0) {
      const change = {
        part: part.number,
        status: 'delivered',
        platformMessageId,
        ambiguousCount: part.ambiguousCount + (counted ? 1 : 0),
        error: null,
      } as const
      const isNextAnnounced = isLive && next?.status === 'queued' && !this.#deps.signal.aborted
      const following = isNextAnnounced ? [{ part: next.number, status: 'sending' } as const] : []
      await this.#ledger.settleParts(head, [change, ...following])
      beginPart(head)
      if (isNextAnnounced) {
        head.isAnnounced = true
        return 0
      }
    }
    const isLast = head.parts?.every(({ status }) => status === 'delivered') ?? true
    if (isLast) return this.delivered(head, ambiguousCount, platformMessageId)
    if (delivery.status === 'sending') {
      await this.#ledger.settle(head, { status: 'retrying', ambiguousCount, nextAttemptAt: null })
    }
    return 0
  }

  /** All of it has arrived. */
  async delivered(
    head: Head,
    ambiguousCount = ambiguousCountOf(head),
    ownId?: string,
  ): Promise<undefined> {
    const first = head.parts?.[0]?.platformMessageId ?? undefined
    await this.#ledger.settle(head, {
      status: 'delivered',
      platformMessageId: (head.parts ?? []).length > 0 ? first : ownId,
      ambiguousCount,
      nextAttemptAt: null,
      error: null,
    })
  }

  /** Nothing was sent by this try, for sure; what an earlier one left in doubt stays so. */
  async retry(head: Head, part: Part | undefined, again: TryAgain): Next {
    const { maxAttempts, unknownOutcome } = this.#policy
    const attempts = head.delivery.attempts + 1
    if (attempts + ambiguousCountOf(head) - head.triesBefore >= maxAttempts) {
      if (head.isInDoubt && unknownOutcome === 'ask') return this.ask(head, part, again.reason)
      const reason = `given up after ${attempts} tries: ${again.reason}`
      return this.end(head, part, { status: 'failed', reason })
    }
    const status = head.isInDoubt ? 'ambiguous' : 'retrying'
    const ambiguousCount = ambiguousCountOf(head)
    return this.#pause(head, part, again, { status, attempts, ambiguousCount })
  }

  /** It may have been sent, and nobody can say: sent again under the same key, and counted. */
  async ambiguous(head: Head, part: Part, again: TryAgain): Next {
    const { maxAttempts, unknownOutcome } = this.#policy
    const ambiguousCount = ambiguousCountOf(head) + 1
    const { attempts } = head.delivery
    if (attempts + ambiguousCount - head.triesBefore >= maxAttempts) {
      if (unknownOutcome === 'ask') return this.ask(head, part, again.reason, true)
      const reason = `given up after ${ambiguousCount} sends of unknown outcome: ${again.reason}`
      return this.end(head, part, { status: 'failed', reason, ambiguousCount })
    }
    head.isInDoubt = true
    const change = { status: 'ambiguous', attempts, ambiguousCount } as const
    return this.#pause(head, part, again, change, true)
  }

  /** A person is asked whether it arrived; the queue goes on without it. `counted`: it is new. */
  async ask(
    head: Head,
    part: Part | undefined,
    reason: string,
    counted = false,
  ): Promise<undefined> {
    const { id } = head.delivery
    const count = head.parts?.length ?? 0
    const which = part === undefined || count === 0 ? '' : `part ${part.number + 1} of ${count} of `
    const question =
      `nobody can say whether ${which}a message to ${await this.#destination()} arrived` +
      ` (${reason}); look there, then run "nanoclaw deliveries --settle ${id} delivered|failed"` +
      `, or "nanoclaw requeue ${id}" to send it again`
    // First: a process that dies in between asks again, and finds the incident open.
    await this.#ledger.insist(() => this.#deps.ask(id, question))
    const change = {
      status: 'ambiguous',
      ambiguousCount: ambiguousCountOf(head) + (counted ? 1 : 0),
      askedAt: timestamp(this.#deps.clock),
      nextAttemptAt: null,
      error: reason,
    } as const
    await this.#ledger.settleBoth(head, part, change, { counted })
  }

  /** A channel that is down or missing is no try: the delivery waits until it is back. */
  async hold(head: Head, part: Part | undefined, why: string): Promise<number> {
    const { status, error } = head.delivery
    // Of what is ambiguous already nothing new is known.
    if (status === 'ambiguous' || (status === 'retrying' && error === why)) return downPauseMs
    const waiting = head.isInDoubt ? 'ambiguous' : 'retrying'
    const change = { status: waiting, nextAttemptAt: null, error: why } as const
    await this.#ledger.settleBoth(head, part, change)
    return downPauseMs
  }

  /** It does not go out. The agent and the operator are told; of the host's own messages, he alone. */
  async end(head: Head, part: Part | undefined, ending: Ending): Promise<undefined> {
    const { delivery } = head
    const { status, reason, ambiguousCount = ambiguousCountOf(head) } = ending
    const destination = await this.#destination()
    const error = head.isInDoubt ? `${reason}; an earlier try may have arrived` : reason
    const notice = noticeOf({ seq: delivery.seq, status, destination, reason: error })
    const notices = isOwnMessage(delivery) ? [] : [notice]
    const change = { status, error, nextAttemptAt: null, ambiguousCount } as const
    // A part is never refused: what is queued again begins with it.
    const failing = status === 'failed' && part?.status !== 'failed' ? part : undefined
    if (ending.isByHand !== true) {
      const whose = isOwnMessage(delivery) ? "the host's own message" : 'a message'
      const message = `${whose} to ${destination} was ${status}: ${error}`
      // First: nothing ends that nobody was told of, whenever the process dies.
      await this.#ledger.insist(() => this.#deps.tell(`delivery-${status}`, message))
    }
    await this.#ledger.settleBoth(head, failing, change, { notices })
    if (notices.length > 0) this.#deps.onNotice()
  }

  #destination(): Promise<string> {
    return this.#ledger.insist(() => this.#deps.nameOf(this.#place))
  }

  get #policy(): ReturnType<PolicyOf> {
    const { channelType, channelInstance } = this.#place
    return this.#deps.policyOf({ channelType, instance: channelInstance })
  }

  async #pause(
    head: Head,
    part: Part | undefined,
    again: TryAgain,
    change: {
      readonly status: 'retrying' | 'ambiguous'
      readonly attempts: number
      readonly ambiguousCount: number
    },
    counted = false,
  ): Promise<number> {
    const { clock, random } = this.#deps
    const { retryBaseMs: baseMs, retryLongestMs: longestMs } = this.#policy
    const { retryAfterMs, protectedMs = 0, reason: error } = again
    const attempts = Math.max(1, change.attempts + change.ambiguousCount - head.triesBefore)
    const backoff = { attempts, baseMs, longestMs, retryAfterMs, random: random() }
    const fullMs = again.pauseMs ?? backoffMs(backoff)
    const pauseMs = head.isInDoubt && protectedMs > 0 ? pauseWithin(fullMs, protectedMs) : fullMs
    const nextAttemptAt = timestamp(clock, pauseMs)
    const settled = { ...change, nextAttemptAt, error }
    await this.#ledger.settleBoth(head, part, settled, { counted })
    return pauseMs
  }
}

/** What was known of the part before does not hold for the next. */
function beginPart(head: Head): void {
  head.isInDoubt = false
  head.isDecided = false
  head.unknownReason = undefined
  head.firstCallMs = undefined
  head.triesBefore = head.delivery.attempts + ambiguousCountOf(head)
}
