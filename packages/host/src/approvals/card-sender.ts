import type { ChannelAdapter, OutboundPart } from '@nanoclaw/adapters'
import type { Approval, ApprovalCard, Core } from '@nanoclaw/core'
import { idempotencyKey, timestamp } from '@nanoclaw/schema'
import type { Channels } from '../channels/channels.ts'
import { backoffMs } from '../delivery/backoff.ts'
import { callAdapter, type CallOutcome } from '../delivery/call-adapter.ts'
import { hostAuthor } from '../delivery/own-message.ts'
import { askingParts, closingParts } from './card-parts.ts'
import type { CardNames } from './card-text.ts'

/** What cards are sent with. */
export interface CardSenderDeps {
  readonly core: Pick<Core, 'agents' | 'approvalCards' | 'chats' | 'clock' | 'installId' | 'people'>
  readonly channels: Channels
  /** Of one call of an adapter, in milliseconds. */
  readonly timeoutMs: number
  /** First pause after a try that failed; it doubles, up to 20 minutes. */
  readonly retryBaseMs: number
  /** 0 to 1, for the jitter. */
  random(): number
}

/** Where a card goes. */
interface Seat {
  readonly adapter: ChannelAdapter
  readonly chatId: string
}

const longestMs = 20 * 60_000
/** Then a card is given up: who was to see it is not asked, or does not learn of the outcome. */
const mostAttempts = 12

/**
 * Shows cards and closes them, one step of their state at a time:
 *
 * 1. The state is written after the platform has answered; a crash in between sends it again, under
 *    the same keys.
 * 2. A channel that is down is no try: the card waits as it is.
 */
export class CardSender {
  readonly #deps: CardSenderDeps

  constructor(deps: CardSenderDeps) {
    this.#deps = deps
  }

  /** The card as it is then; undefined: its channel is down or not there. */
  async step(
    card: ApprovalCard,
    approval: Approval,
    signal: AbortSignal,
  ): Promise<ApprovalCard | undefined> {
    const isPending = approval.status === 'pending'
    if (card.status === 'waiting' && !isPending) {
      const error = 'it ended before it was shown'
      return this.#keep({ ...card, status: 'failed', nextAttemptAt: null, error })
    }
    const seat = await this.#seatOf(card)
    if (seat === undefined) return undefined
    const call = (part: OutboundPart, number: number) =>
      this.#call(seat, part, this.#keyOf(card, number), signal)
    const names = await this.#namesOf(approval)
    if (isPending) return this.#show(card, askingParts(approval, names, seat.adapter), call)
    const { platformMessageId } = card
    return this.#close(card, closingParts(approval, names, seat.adapter, platformMessageId), call)
  }

  async #show(
    card: ApprovalCard,
    parts: readonly OutboundPart[],
    call: (part: OutboundPart, number: number) => Promise<CallOutcome>,
  ): Promise<ApprovalCard> {
    let platformMessageId: string | null = null
    for (const [number, part] of parts.entries()) {
      const outcome = await call(part, number)
      if (outcome.outcome !== 'delivered') return this.#after(card, outcome)
      platformMessageId = outcome.platformMessageId ?? null
    }
    const shownAt = timestamp(this.#deps.core.clock)
    const done = { attempts: 0, nextAttemptAt: null, error: null }
    return this.#keep({ ...card, status: 'shown', platformMessageId, shownAt, ...done })
  }

  async #close(
    card: ApprovalCard,
    [first, instead]: readonly OutboundPart[],
    call: (part: OutboundPart, number: number) => Promise<CallOutcome>,
  ): Promise<ApprovalCard> {
    if (first === undefined) return card
    // Numbers that no part of the question has.
    let outcome = await call(first, -1)
    if (outcome.outcome === 'terminal' && instead !== undefined) outcome = await call(instead, -2)
    if (outcome.outcome !== 'delivered') return this.#after(card, outcome)
    return this.#keep({ ...card, status: 'closed', nextAttemptAt: null, error: null })
  }

  /** Not done: to be tried again, or given up. */
  #after(
    card: ApprovalCard,
    outcome: Exclude<CallOutcome, { outcome: 'delivered' }>,
  ): Promise<ApprovalCard> {
    const { core, retryBaseMs: baseMs } = this.#deps
    const attempts = card.attempts + 1
    const { reason: error } = outcome
    if (outcome.outcome === 'terminal' || attempts >= mostAttempts) {
      return this.#keep({ ...card, status: 'failed', attempts, nextAttemptAt: null, error })
    }
    const retryAfterMs = outcome.outcome === 'retryable' ? outcome.retryAfterMs : undefined
    const random = this.#deps.random()
    const pauseMs = backoffMs({ attempts, baseMs, longestMs, retryAfterMs, random })
    return this.#keep({ ...card, attempts, nextAttemptAt: timestamp(core.clock, pauseMs), error })
  }

  async #keep(card: ApprovalCard): Promise<ApprovalCard> {
    await this.#deps.core.approvalCards.change(card)
    return card
  }

  async #call(
    { adapter, chatId }: Seat,
    part: OutboundPart,
    key: string,
    signal: AbortSignal,
  ): Promise<CallOutcome> {
    const { channels, timeoutMs } = this.#deps
    const origin = { chatId, threadId: null }
    const request = { adapter, origin, part, key, author: hostAuthor, timeoutMs, signal }
    const outcome = await callAdapter({ ...request, traced: (work) => work() })
    if (!signal.aborted) {
      const isAnswer = outcome.outcome === 'delivered' || outcome.outcome === 'terminal'
      channels.noteSend(adapter, isAnswer ? undefined : outcome.reason)
    }
    return outcome
  }

  #keyOf({ approvalId, userId }: ApprovalCard, part: number): string {
    const { installId } = this.#deps.core
    return idempotencyKey(installId, 'approval', `${approvalId}:${userId}`, part)
  }

  async #namesOf({ agentGroupId, onUserId }: Approval): Promise<CardNames> {
    const { agents, people } = this.#deps.core
    const agent = agentGroupId === null ? undefined : await agents.get(agentGroupId)
    const person = onUserId === null ? undefined : await people.find(onUserId)
    return {
      agent: agentGroupId === null ? undefined : `${agent?.name ?? '?'} (${agentGroupId})`,
      onUser: onUserId === null ? undefined : `${person?.name ?? 'somebody unknown'} (${onUserId})`,
    }
  }

  async #seatOf({ messagingGroupId }: ApprovalCard): Promise<Seat | undefined> {
    const { core, channels } = this.#deps
    const chat = await core.chats.get(messagingGroupId)
    const adapter = chat && channels.find(chat.channelType, chat.channelInstance)
    if (chat === undefined || adapter === undefined) return undefined
    const isDown = channels.health(adapter).state === 'down'
    return isDown ? undefined : { adapter, chatId: chat.platformId }
  }
}
