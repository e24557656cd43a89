import type { NewInbound } from '@nanoclaw/core'
import { actionResultKey } from '@nanoclaw/schema'

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

/** What became of an action: of one that was done, what came of it; of another, why it was not. */
export type ActionResult =
  { readonly ok: true; readonly result: string } | { readonly ok: false; readonly reason: string }

/**
 * The row by which an agent learns what became of its action. It wakes it, unless the tool that has
 * asked waits for it and takes it.
 */
export function resultOf(actionId: string, result: ActionResult): NewInbound {
  const content = { type: 'action_result', actionId, ...result }
  const dedupeKey = actionResultKey(actionId)
  return { kind: 'system', origin: null, dedupeKey, content }
}

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
