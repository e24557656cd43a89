import type { ChannelCapabilities } from '../contract/capabilities.ts'
import { TerminalDeliveryError } from '../contract/errors.ts'
import type { OutboundPart } from '../contract/parts.ts'

/**
 * Throws for a part that these capabilities do not cover: the host should not have sent it, and to
 * drop it in silence would be a lie.
 * @throws TerminalDeliveryError
 */
export function refusePart(part: OutboundPart, can: ChannelCapabilities): void {
  const why = reasonAgainst(part, can)
  if (why !== undefined) throw new TerminalDeliveryError(`This channel ${why}.`)
}

function reasonAgainst(part: OutboundPart, can: ChannelCapabilities): string | undefined {
  switch (part.type) {
    case 'text':
      return tooLong(part.text, can)
    case 'edit':
      return can.edits ? tooLong(part.text, can) : 'cannot edit messages'
    case 'reaction':
      return can.reactions ? undefined : 'has no reactions'
    case 'card':
      return can.cards ? undefined : 'has no cards'
    case 'file':
      if (can.files === false) return 'takes no files'
      if ((part.size ?? 0) > can.files.maxBytes) {
        return `takes files up to ${can.files.maxBytes} bytes; this one has ${part.size}`
      }
      return can.files.types?.some((type) => fits(part.mime, type)) === false
        ? `takes files of ${can.files.types.join(', ')}; this one is ${part.mime}`
        : undefined
    case 'question':
      if (can.buttons === false) return 'has no buttons'
      if (part.buttons.length <= can.buttons.max) return undefined
      return `shows ${can.buttons.max} buttons; this question has ${part.buttons.length}`
  }
}

function fits(mime: string, type: string): boolean {
  if (type === '*/*') return true
  return type.endsWith('/*') ? mime.startsWith(type.slice(0, -1)) : mime === type
}

function tooLong(text: string, can: ChannelCapabilities): string | undefined {
  if (text.length <= can.textLength) return undefined
  return `takes texts up to ${can.textLength} characters; this one has ${text.length}`
}
