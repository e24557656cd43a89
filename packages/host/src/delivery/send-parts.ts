import {
  isRetryableDeliveryError,
  isTerminalDeliveryError,
  type Author,
  type ChannelAdapter,
  type Origin,
  type OutboundPart,
} from '@nanoclaw/adapters'
import { errorMessage } from '@nanoclaw/schema'
import { withinDeadline } from '../deadline.ts'

/** What came of sending a message; what the caller has to handle, each in its way. */
export type SendOutcome =
  | { readonly outcome: 'delivered' }
  | {
      readonly outcome: 'retryable'
      readonly reason: string
      readonly retryAfterMs?: number | undefined
    }
  | { readonly outcome: 'terminal'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string }

/** A message to send, in parts of one platform message each. */
export interface SendRequest {
  readonly adapter: ChannelAdapter
  readonly origin: Origin
  readonly parts: readonly OutboundPart[]
  /** Parts that have arrived before. */
  readonly partsSent: number
  readonly author: Author
  keyOf(part: number): string
  /** Follows one call of the adapter. */
  traced<T>(part: number, call: () => Promise<T>): Promise<T>
  /** A part has arrived; the next is sent when this has resolved. */
  onSent(part: number, platformMessageId: string | undefined): Promise<void>
  /** One call of the adapter, in milliseconds. */
  readonly timeoutMs: number
  /** Aborts the call under way; what becomes of it is then unknown. */
  readonly signal: AbortSignal
}

/** Calls the adapter once; one that does not settle in time, or after its signal, is not waited for. */
async function deliverPart(
  request: SendRequest,
  part: OutboundPart,
  index: number,
): Promise<string | undefined> {
  const { adapter, origin, author } = request
  const key = request.keyOf(index)
  const result = await withinDeadline(
    (signal) => adapter.deliver(origin, part, { key, signal, author }),
    request,
  )
  return result.status === 'sent' ? result.platformMessageId : undefined
}

/** Sends the parts that have not arrived yet, in order, and says what is known afterwards. */
export async function sendParts(request: SendRequest): Promise<SendOutcome> {
  for (const [index, part] of request.parts.entries()) {
    if (index < request.partsSent) continue
    let platformMessageId: string | undefined
    try {
      platformMessageId = await request.traced(index, () => deliverPart(request, part, index))
    } catch (error) {
      const reason = errorMessage(error)
      if (isTerminalDeliveryError(error)) return { outcome: 'terminal', reason }
      if (!isRetryableDeliveryError(error)) return { outcome: 'unknown', reason }
      return { outcome: 'retryable', reason, retryAfterMs: error.retryAfterMs }
    }
    await request.onSent(index, platformMessageId)
  }
  return { outcome: 'delivered' }
}
