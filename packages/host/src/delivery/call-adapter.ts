import {
  isRetryableDeliveryError,
  isTerminalDeliveryError,
  type Author,
  type ChannelAdapter,
  type Origin,
  type OutboundPart,
} from '@nanoclaw/adapters'
import { errorMessage } from '@nanoclaw/schema'
import { withinDeadline, type Deadline } from '../deadline.ts'

/** What came of one call; what the caller has to handle, each in its way. */
export type CallOutcome =
  | {
      readonly outcome: 'delivered'
      readonly platformMessageId: string | undefined
      /** The platform took it; a report on it may follow. */
      readonly isQueued: boolean
    }
  | {
      readonly outcome: 'retryable'
      readonly reason: string
      readonly retryAfterMs?: number | undefined
    }
  | { readonly outcome: 'terminal'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string }

/** One part to send; the deadline's signal aborts the call, of which the outcome is then unknown. */
export interface CallRequest extends Deadline {
  readonly adapter: ChannelAdapter
  readonly origin: Origin
  readonly part: OutboundPart
  readonly key: string
  readonly author: Author
  /** Follows the call of the adapter. */
  traced<T>(call: () => Promise<T>): Promise<T>
}

/**
 * Calls the adapter once and says what is known then. What is not classified, and what does not
 * settle in time, is unknown. Never rejects.
 */
export async function callAdapter(request: CallRequest): Promise<CallOutcome> {
  const { adapter, origin, part, key, author } = request
  try {
    const result = await request.traced(() =>
      withinDeadline((signal) => adapter.deliver(origin, part, { key, signal, author }), request),
    )
    if (!['sent', 'queued'].includes(result.status)) {
      const reason = `expected the channel to answer sent or queued, got ${String(result.status)}`
      return { outcome: 'unknown', reason }
    }
    const platformMessageId = result.status === 'sent' ? result.platformMessageId : undefined
    return { outcome: 'delivered', platformMessageId, isQueued: result.status === 'queued' }
  } catch (error) {
    const reason = errorMessage(error)
    if (isTerminalDeliveryError(error)) return { outcome: 'terminal', reason }
    if (!isRetryableDeliveryError(error)) return { outcome: 'unknown', reason }
    return { outcome: 'retryable', reason, retryAfterMs: error.retryAfterMs }
  }
}
