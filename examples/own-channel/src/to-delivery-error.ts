import {
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
  type AdapterError,
} from '@nanoclaw/adapters'
import { PigeonRefusal } from './pigeon-api.ts'

/** No connection was made, so that nothing can have left. */
const neverConnected = new Set<unknown>([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The content, the right to write, or the room: no waiting helps. */
const never = new Set([400, 403, 404, 410, 413, 422])

/** Says of a send that failed whether it may stand in the room. */
export function toDeliveryError(error: unknown): AdapterError {
  if (error instanceof PigeonRefusal) return ofRefusal(error)
  const cause = error instanceof Error ? error.cause : undefined
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  return neverConnected.has(code)
    ? new RetryableDeliveryError('Pigeon could not be reached.', { cause: error })
    : new UnknownOutcomeError('Pigeon gave no answer that can be read.', { cause: error })
}

function ofRefusal(refusal: PigeonRefusal): AdapterError {
  const { status, code, message, retryAfterMs } = refusal
  if (never.has(status)) return new TerminalDeliveryError(message, { cause: refusal })
  // A proxy in between answers with a 5xx, too, and cannot promise what `trouble` promises.
  return status === 401 || status === 429 || code === 'trouble'
    ? new RetryableDeliveryError(message, { retryAfterMs, cause: refusal })
    : new UnknownOutcomeError(message, { cause: refusal })
}
