const BRAND = Symbol.for('@nanoclaw/adapters/delivery-error')

/** What is known about a message whose delivery threw: see the three error classes. */
export type DeliveryErrorMeaning = 'retryable' | 'terminal' | 'unknown'

/** Options of every delivery error: `cause` is what the platform or the network threw. */
export interface DeliveryErrorOptions {
  readonly cause?: unknown
}

/** Options of {@link RetryableDeliveryError}. */
export interface RetryableDeliveryErrorOptions extends DeliveryErrorOptions {
  /** How long the platform asked to be left alone, in milliseconds (its `retry-after`). */
  readonly retryAfterMs?: number | undefined
}

/**
 * **Nothing was sent, for sure**, and a later try may succeed: refused connection, rate limit
 * answered before the message was taken, adapter stopped or not connected.
 * Never throw it after the request has left: that is {@link UnknownOutcomeError}.
 */
export class RetryableDeliveryError extends Error {
  readonly [BRAND] = 'retryable'
  /** Milliseconds until the platform wants the next try; undefined: the host's back-off decides. */
  readonly retryAfterMs: number | undefined

  /** A `retryAfterMs` that is negative or not finite is dropped: platforms send such headers. */
  constructor(message: string, options: RetryableDeliveryErrorOptions = {}) {
    super(message, causeOf(options))
    this.name = 'RetryableDeliveryError'
    const ms = options.retryAfterMs
    this.retryAfterMs = ms !== undefined && Number.isFinite(ms) && ms >= 0 ? ms : undefined
  }
}

/**
 * Nothing was sent and never will be: the chat is gone, the bot was removed, the platform refuses
 * this content. The sending agent is told `reason`.
 */
export class TerminalDeliveryError extends Error {
  readonly [BRAND] = 'terminal'
  /** Why, in words that a person or an agent can act on. The same text as `message`. */
  readonly reason: string

  constructor(reason: string, options: DeliveryErrorOptions = {}) {
    super(reason, causeOf(options))
    this.name = 'TerminalDeliveryError'
    this.reason = reason
  }
}

/**
 * It may have been sent and it may not: the connection broke after the request had left, or a
 * time-out. Everything an adapter throws that is none of the three classes means this, too.
 */
export class UnknownOutcomeError extends Error {
  readonly [BRAND] = 'unknown'

  constructor(message: string, options: DeliveryErrorOptions = {}) {
    super(message, causeOf(options))
    this.name = 'UnknownOutcomeError'
  }
}

/** Any of the three errors that say what is known about a delivery. */
export type AdapterError = RetryableDeliveryError | TerminalDeliveryError | UnknownOutcomeError

/** Whether the error is one of ours, of whichever copy of this package: by brand. */
export function isAdapterError(error: unknown): error is AdapterError {
  return brandOf(error) !== undefined
}

/** Whether the error says: nothing was sent, try again. By brand. */
export function isRetryableDeliveryError(error: unknown): error is RetryableDeliveryError {
  return brandOf(error) === 'retryable'
}

/** Whether the error says: nothing was sent and never will be. By brand. */
export function isTerminalDeliveryError(error: unknown): error is TerminalDeliveryError {
  return brandOf(error) === 'terminal'
}

/** Whether the error says, in so many words, that the outcome is unknown. By brand. */
export function isUnknownOutcomeError(error: unknown): error is UnknownOutcomeError {
  return brandOf(error) === 'unknown'
}

/** What is known after `deliver` threw this: `unknown` for everything that is not classified. */
export function meaningOfDeliveryError(error: unknown): DeliveryErrorMeaning {
  return brandOf(error) ?? 'unknown'
}

function brandOf(error: unknown): DeliveryErrorMeaning | undefined {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return undefined
  const brand = error[BRAND]
  return brand === 'retryable' || brand === 'terminal' || brand === 'unknown' ? brand : undefined
}

function causeOf(options: DeliveryErrorOptions): { cause?: unknown } {
  return 'cause' in options ? { cause: options.cause } : {}
}
