import type { ChannelAdapter, OutboundPart } from '@nanoclaw/adapters'
import type { Approval } from '@nanoclaw/core'
import { cardText, closedText, type CardChannel, type CardNames } from './card-text.ts'

function channelOf({ capabilities }: ChannelAdapter): CardChannel {
  const { textLength, markdown, buttons } = capabilities
  return { textLength, markdown, hasButtons: buttons !== false && buttons.max >= 2 }
}

/** The buttons' values carry the digest of what was shown beside them. */
function questionOf({ id, code, digest }: Approval, text: string): OutboundPart {
  return {
    type: 'question',
    questionId: id,
    title: 'Approval',
    question: text,
    buttons: [
      { label: 'Approve', value: `approve:${digest}` },
      { label: 'Reject', value: `reject:${digest}` },
    ],
    fallbackText: `${text}\nAnswer /approve ${code} or /reject ${code}`,
  }
}

/** All messages of a card; the last is the one that asks. */
export function askingParts(
  approval: Approval,
  names: CardNames,
  adapter: ChannelAdapter,
): readonly OutboundPart[] {
  const channel = channelOf(adapter)
  const { pages, question } = cardText(approval, names, channel)
  const asks: OutboundPart = channel.hasButtons
    ? questionOf(approval, question)
    : { type: 'text', text: question }
  return [...pages.map((text): OutboundPart => ({ type: 'text', text })), asks]
}

/**
 * What shows the outcome, in the order in which it is tried: the card itself is changed, where that can
 * be done; what is too old or gone is followed by a message.
 */
export function closingParts(
  approval: Approval,
  names: CardNames,
  adapter: ChannelAdapter,
  platformMessageId: string | null,
): readonly OutboundPart[] {
  const text = closedText(approval, names, channelOf(adapter))
  const message: OutboundPart = { type: 'text', text }
  if (!adapter.capabilities.edits || platformMessageId === null) return [message]
  return [{ type: 'edit', platformMessageId, text }, message]
}
