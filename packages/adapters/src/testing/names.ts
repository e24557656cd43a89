import type { InboundEvent } from '../contract/events.ts'

/** What names an event for ever, besides the instance. */
export function nameOf(event: InboundEvent): string {
  const { type, chatId, platformMessageId, revision = null } = event
  return JSON.stringify([type, chatId, platformMessageId, revision])
}
