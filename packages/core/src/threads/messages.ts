import type { NanoclawErrorCode } from '@nanoclaw/schema/plain'

/**
 * What the main thread says, several at once. Done in the order it is said; each but `end` is answered
 * once.
 */
export type ThreadRequest =
  | {
      readonly type: 'open'
      readonly call: number
      readonly file: number
      /** Which of the services of the thread's program. */
      readonly kind: string
      readonly options: unknown
    }
  | {
      readonly type: 'call'
      readonly call: number
      readonly file: number
      readonly method: string
      readonly args: readonly unknown[]
    }
  | { readonly type: 'close'; readonly call: number; readonly file: number }
  /** Close every file, and go. */
  | { readonly type: 'end' }

/** What came of one request. */
export type ThreadAnswer =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly error: CrossingError }

/** What a thread says at once. */
export interface ThreadReport {
  readonly answers: readonly ThreadAnswer[]
  /** How much of what it was asked lately has waited for a disk, from none (0) to all (1). */
  readonly waits: number
}

/** An error as plain data: a structured clone drops an error's `code`, and what tells its class. */
export interface CrossingError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Of a `NanoclawError`. */
  readonly ours: NanoclawErrorCode | undefined
  /** Of any other. */
  readonly code: string | undefined
  readonly cause: CrossingError | undefined
}
