import type { InboundEvent } from '../contract/events.ts'

/** What names an event for ever, besides the instance. */
export function nameOf(event: InboundEvent): string {
  const { type, chatId, platformMessageId, revision = null } = event
  return JSON.stringify([type, chatId, platformMessageId, revision])
}

/** The names with what was written or done, for a person to find the one too many. */
export function shownNames(events: readonly InboundEvent[]): string {
  const shown = new Map(
    events.map((event) => [nameOf(event), `${JSON.stringify(wordsOf(event))} as ${nameOf(event)}`]),
  )
  return [...shown.values()].join(', ')
}

function wordsOf(event: InboundEvent): string {
  if (event.type === 'message' || event.type === 'edit') return event.text.slice(0, 40)
  return event.type === 'reaction' ? event.emoji : ''
}
