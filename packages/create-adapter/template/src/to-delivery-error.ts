import {
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
  type AdapterError,
} from '@nanoclaw/adapters'
import { ParrotError } from './parrot-api.ts'

/** The connection was never made, so that no byte of the message has left. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * Says of a send that failed whether the message may stand in the chat. The host sends again what
 * is surely not there, and never blindly what may be: when in doubt, it is unknown.
 */
export function toDeliveryError(error: unknown): AdapterError {
  if (error instanceof ParrotError) return ofStatus(error)
  if (NEVER_CONNECTED.has(codeOf(error))) {
    return new RetryableDeliveryError('Parrot could not be reached.', { cause: error })
  }
  // The connection broke, the wait was aborted, the answer cannot be read: it had left.
  return new UnknownOutcomeError('Parrot gave no answer that can be read.', { cause: error })
}

function ofStatus(error: ParrotError): AdapterError {
  const { status, retryAfterMs, message } = error
  // Parrot promises of these that nothing was taken. Of other 5xx it promises nothing.
  if (status === 401 || status === 429 || status === 503) {
    const asked = retryAfterMs === undefined ? {} : { retryAfterMs }
    return new RetryableDeliveryError(message, { ...asked, cause: error })
  }
  if (status >= 400 && status < 500) return new TerminalDeliveryError(message, { cause: error })
  return new UnknownOutcomeError(message, { cause: error })
}

/** What the operating system or Node's fetch calls the failure; it stands in the cause. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  return typeof code === 'string' ? code : ''
}
