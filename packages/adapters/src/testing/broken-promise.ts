import { AssertionError } from 'node:assert'

/** The three things that every failure says, in this order. */
export interface Breach {
  /** What the adapter did, or did not do. */
  readonly did: string
  /** The promise. */
  readonly promised: string
  /** Why a platform, or the host, needs it kept. */
  readonly because: string
  /** What the adapter threw, if it did. */
  readonly cause?: unknown
}

/** The failure of a test: an adapter that does not keep a promise. */
export class BrokenPromise extends AssertionError {
  readonly did: string
  readonly promised: string
  readonly because: string

  constructor({ did, promised, because, cause }: Breach) {
    super({ message: `${did}\n  Promised: ${promised}\n  Because: ${because}` })
    this.name = 'BrokenPromise'
    this.did = did
    this.promised = promised
    this.because = because
    if (cause !== undefined) this.cause = cause
  }
}

/** A harness that cannot play what a test needs: no fault of the adapter's. */
export class HarnessLacks extends AssertionError {
  constructor(what: string, how: string) {
    super({ message: `The harness has no ${what}. Supply it, or, ${how}.` })
    this.name = 'HarnessLacks'
  }
}
