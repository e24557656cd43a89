import type { ChannelAdapter, HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { Core, Decided, Logger } from '@nanoclaw/core'
import { errorMessage, idempotencyKey, userId } from '@nanoclaw/schema'
import type { Channels } from '../channels/channels.ts'
import { callAdapter } from '../delivery/call-adapter.ts'
import { hostAuthor } from '../delivery/own-message.ts'
import { readWord, type Word } from './read-word.ts'
import { visibleLine } from './visible-text.ts'

/** What people's words on requests are taken with. */
export interface ApprovalWordsDeps {
  readonly core: Pick<Core, 'approvals' | 'approvalCards' | 'chats' | 'installId'>
  readonly channels: Pick<Channels, 'noteSend'>
  readonly logger: Logger
  /** Of one call of an adapter, in milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Presses of buttons, and `/approve` and `/reject`. */
export interface ApprovalWords {
  /**
   * What became of an event that is a word on a request; undefined for every other event. Durable when
   * it resolves.
   */
  take(adapter: ChannelAdapter, event: InboundEvent): Promise<HandOverResult | undefined>
  /** Resolves when the answers to all of them are out. */
  settled(): Promise<void>
}

function answerTo(decided: Decided): string {
  if (decided.outcome === 'refused') return `Nothing was changed: ${visibleLine(decided.reason)}.`
  const word = decided.outcome === 'approved' ? 'Approved' : 'Rejected'
  return `${word}: ${visibleLine(decided.approval.summary)}`
}

const elsewhere: Decided = {
  outcome: 'refused',
  why: 'elsewhere',
  reason: 'this is decided in your direct chat with the bot, not here',
}

/** Names an event of a channel for ever. */
function nameOf({ channelType, instance }: ChannelAdapter, event: InboundEvent): string {
  const { chatId, type, platformMessageId, revision = '' } = event
  return JSON.stringify([channelType, instance, chatId, type, platformMessageId, revision])
}

/** The way of people's words on requests. Who may decide is judged by the core, at that moment. */
export function createApprovalWords(deps: ApprovalWordsDeps): ApprovalWords {
  const { core, channels, logger, timeoutMs, signal } = deps
  const answers = new Set<Promise<void>>()

  async function decide(word: Word, user: string, via: string): Promise<Decided> {
    const { decision } = word
    const by = { type: 'user', userId: user } as const
    if ('id' in word.of) {
      return core.approvals.decide(word.of.id, { decision, digest: word.of.digest, by, via })
    }
    const [found, ...others] = await core.approvals.withCode(word.of.code)
    if (found === undefined || others.length > 0) {
      const reason = 'no request that waits has this code; it may have been decided, or be too old'
      return { outcome: 'refused', why: 'unknown', reason }
    }
    return core.approvals.decide(found.id, { decision, digest: found.digest, by, via })
  }

  async function say(adapter: ChannelAdapter, event: InboundEvent, text: string): Promise<void> {
    const { chatId, threadId } = event
    const { capabilities, channelType } = adapter
    const origin = { chatId, threadId: capabilities.threads ? threadId : null }
    const key = idempotencyKey(core.installId, 'approval-word', nameOf(adapter, event), 0)
    const part = { type: 'text', text: text.slice(0, capabilities.textLength) } as const
    const call = { adapter, origin, part, key, author: hostAuthor, timeoutMs, signal }
    const outcome = await callAdapter({ ...call, traced: (work) => work() })
    if (outcome.outcome === 'delivered') return channels.noteSend(adapter)
    logger.warn(
      { channel: channelType },
      `an answer to a decision could not be sent: ${outcome.reason}`,
    )
  }

  /** Whoever has the card sees there what they have decided. */
  async function isShownTo(decided: Decided, user: string): Promise<boolean> {
    if (decided.outcome === 'refused') return false
    const cards = await core.approvalCards.of(decided.approval.id)
    return cards.some((card) => card.userId === user && card.status === 'shown')
  }

  function answer(
    adapter: ChannelAdapter,
    event: InboundEvent,
    decided: Decided,
    user: string,
  ): void {
    const telling = (async () => {
      if (await isShownTo(decided, user)) return
      await say(adapter, event, answerTo(decided))
    })().catch((error: unknown) => {
      logger.warn(
        { err: error },
        `an answer to a decision could not be sent: ${errorMessage(error)}`,
      )
    })
    answers.add(telling)
    void telling.finally(() => answers.delete(telling))
  }

  return {
    async take(adapter, event) {
      const word = readWord(event)
      const { channelType, instance: channelInstance } = adapter
      const isForeign = event.instance !== channelInstance || event.sender.isSelf
      if (word === undefined || isForeign) return undefined
      const chat = await core.chats.find({ channelType, channelInstance, platformId: event.chatId })
      const user = userId({ channelType, channelInstance, handle: event.sender.id })
      const isDirect = event.chatKind === 'direct' && !event.sender.isBot
      const decided = isDirect ? await decide(word, user, chat?.id ?? '') : elsewhere
      answer(adapter, event, decided, user)
      return { outcome: 'accepted' }
    },
    settled: async () => {
      await Promise.allSettled(answers)
    },
  }
}
