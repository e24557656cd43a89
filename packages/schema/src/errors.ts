/**
 * Everything that can go wrong, as a closed set that callers can switch on.
 * - `bad-content`, `bad-option`: what was given is not of the form that is asked for;
 * - `not-found`, `taken`: what is named is not there, or its name is somebody else's;
 * - `bad-state`: what is asked for is not possible as things stand;
 * - `closed`, `home-in-use`, `fenced`: it is over, another process holds the home, a later
 *   container has the session;
 * - `corrupt`, `newer-schema`, `disk-full`, `io`: of files; nothing of theirs was changed;
 * - `node-too-old`, `sqlite-too-old`, `driver-unavailable`: of the machine;
 * - `quarantined`: the session has written what no runner writes, and waits for the operator.
 */
export type NanoclawErrorCode =
  | 'bad-content'
  | 'bad-option'
  | 'bad-state'
  | 'closed'
  | 'corrupt'
  | 'disk-full'
  | 'driver-unavailable'
  | 'fenced'
  | 'home-in-use'
  | 'io'
  | 'newer-schema'
  | 'node-too-old'
  | 'not-found'
  | 'quarantined'
  | 'sqlite-too-old'
  | 'taken'

const brand = Symbol.for('nanoclaw.error')

/**
 * The one error class of these packages. `message` says what was expected, what came and what
 * to do; `code` is for programs; `cause` keeps what lay underneath.
 */
export class NanoclawError extends Error {
  readonly code: NanoclawErrorCode
  readonly [brand] = true

  constructor(code: NanoclawErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'NanoclawError'
    this.code = code
  }
}

/** Recognises a {@link NanoclawError} by brand, so that two copies of a package agree. */
export function isNanoclawError(error: unknown): error is NanoclawError {
  return typeof error === 'object' && error !== null && Reflect.get(error, brand) === true
}

/** The text of anything that was thrown: an error's message, else what `String` makes of it. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
