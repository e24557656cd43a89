import {
  isRetryableDeliveryError,
  isTerminalDeliveryError,
  type Author,
  type ChannelAdapter,
  type Origin,
  type OutboundPart,
} from '@nanoclaw/adapters'
import { errorMessage } from '@nanoclaw/schema'

/** What came of sending a message; what the caller has to handle, each in its way. */
export type SendOutcome =
  | { readonly outcome: 'delivered'; readonly platformMessageId?: string | undefined }
  | {
      readonly outcome: 'retryable'
      readonly reason: string
      readonly retryAfterMs?: number | undefined
      /** Parts that did arrive; the next try begins after them. */
      readonly partsSent: number
    }
  | { readonly outcome: 'terminal'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string; readonly partsSent: number }

/** A message to send, in parts of one platform message each. */
export interface SendRequest {
  readonly adapter: ChannelAdapter
  readonly origin: Origin
  readonly parts: readonly OutboundPart[]
  /** Parts that have arrived before. */
  readonly partsSent: number
  readonly author: Author
  keyOf(part: number): string
  /** One call of the adapter, in milliseconds. */
  readonly timeoutMs: number
  /** Aborts the call under way. */
  readonly signal: AbortSignal
}

class DeliveryTimeout extends Error {}

/** Calls the adapter once; an adapter that does not settle after its signal is not waited for. */
async function deliverPart(
  request: SendRequest,
  part: OutboundPart,
  index: number,
): Promise<string | undefined> {
  const controller = new AbortController()
  const signal = AbortSignal.any([request.signal, controller.signal])
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort()
      reject(new DeliveryTimeout(`no answer within ${request.timeoutMs} ms`))
    }, request.timeoutMs)
  })
  try {
    const { adapter, origin, author } = request
    const sent = adapter.deliver(origin, part, { key: request.keyOf(index), signal, author })
    const result = await Promise.race([sent, expired])
    return result.status === 'sent' ? result.platformMessageId : undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Sends the parts that have not arrived yet, in order, and says what is known afterwards. */
export async function sendParts(request: SendRequest): Promise<SendOutcome> {
  let platformMessageId: string | undefined
  let partsSent = request.partsSent
  for (const [index, part] of request.parts.entries()) {
    if (index < request.partsSent) continue
    try {
      const id = await deliverPart(request, part, index)
      if (index === 0) platformMessageId = id
      partsSent = index + 1
    } catch (error) {
      const reason = errorMessage(error)
      if (isTerminalDeliveryError(error)) return { outcome: 'terminal', reason }
      if (!isRetryableDeliveryError(error)) return { outcome: 'unknown', reason, partsSent }
      return { outcome: 'retryable', reason, retryAfterMs: error.retryAfterMs, partsSent }
    }
  }
  return { outcome: 'delivered', platformMessageId }
}
