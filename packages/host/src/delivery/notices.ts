import type { NewInbound } from '@nanoclaw/core'

/** A delivery that ended badly. */
export interface EndedBadly {
  /** The agent's number of the message. */
  readonly seq: number
  readonly status: 'failed' | 'refused'
  /** The agent's name of the destination, or what it is on the platform. */
  readonly destination: string
  readonly reason: string
}

const longestReason = 1_000

/** The row by which an agent learns that its message did not arrive; it wakes nobody. */
export function noticeOf(end: EndedBadly): NewInbound {
  return {
    kind: 'system',
    origin: null,
    trigger: false,
    content: {
      type: end.status === 'failed' ? 'delivery_failed' : 'delivery_refused',
      seq: end.seq,
      destination: end.destination,
      reason: end.reason.slice(0, longestReason),
    },
  }
}
