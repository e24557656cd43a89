import type { EventRange } from './event-log.ts'
import type { MailboxEvent, MailboxFacts } from './types.ts'

/** Gives what has happened its stamp, one after the other, and keeps it in `events`. */
export function factStamper({ first, at }: EventRange): {
  readonly events: readonly MailboxEvent[]
  stamp(facts: MailboxFacts): MailboxEvent
} {
  const events: MailboxEvent[] = []
  return {
    events,
    stamp(facts) {
      const event: MailboxEvent = { ...facts, stamp: first + events.length, at }
      events.push(event)
      return event
    },
  }
}
