import type { ChannelAdapter, InboundEvent } from '@nanoclaw/adapters'
import type { Core, Logger } from '@nanoclaw/core'
import { idempotencyKey } from '@nanoclaw/schema'
import { callAdapter } from '../delivery/call-adapter.ts'
import { hostAuthor } from '../delivery/own-message.ts'

/** What an answer of the host's own takes. */
export interface SayDeps {
  readonly core: Pick<Core, 'installId'>
  readonly logger: Logger
  readonly signal: AbortSignal
}

const timeoutMs = 30_000

/** Answers an event where it came from, once; whoever asked asks again where that fails. */
export async function sayInChat(
  { core, logger, signal }: SayDeps,
  adapter: ChannelAdapter,
  event: InboundEvent,
  text: string,
): Promise<void> {
  const { chatId, platformMessageId, threadId } = event
  const { capabilities, channelType, instance } = adapter
  const name = JSON.stringify([channelType, instance, chatId, platformMessageId])
  const outcome = await callAdapter({
    adapter,
    origin: { chatId, threadId: capabilities.threads ? threadId : null },
    part: { type: 'text', text: text.slice(0, capabilities.textLength) },
    key: idempotencyKey(core.installId, 'command', name, 0),
    author: hostAuthor,
    timeoutMs,
    signal,
    traced: (work) => work(),
  })
  if (outcome.outcome === 'delivered') return
  logger.warn({ channel: channelType }, `a command could not be answered: ${outcome.reason}`)
}
