import {
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
  type AdapterError,
} from '@nanoclaw/adapters'
import { ParrotError } from './parrot-api.ts'

/**
 * The connection was never made, so that no byte of the message has left. ECONNRESET is not one of
 * these: a connection that is kept open can die as it is used again, with the message on its way.
 */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The token is refused, too fast, not now. */
const MENDED_LATER = new Set([401, 429, 503])
/** Not understood, not allowed, no such chat, too long. */
const NEVER_TAKEN = new Set([400, 403, 404, 413])

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

function ofStatus(cause: ParrotError): AdapterError {
  const { status, reason, retryAfterMs, message } = cause
  // What stands in between does not know what Parrot has done.
  if (reason === undefined) return new UnknownOutcomeError(message, { cause })
  // Parrot promises of these that nothing was taken, and of other statuses it promises nothing.
  if (MENDED_LATER.has(status)) return new RetryableDeliveryError(message, { retryAfterMs, cause })
  if (NEVER_TAKEN.has(status)) return new TerminalDeliveryError(message, { cause })
  return new UnknownOutcomeError(message, { cause })
}

/** What the operating system or Node's fetch calls the failure; it stands in the cause. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  return typeof code === 'string' ? code : ''
}
