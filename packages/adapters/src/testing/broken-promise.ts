import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'

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

/** A failure of the suite. It is all in the message: where in the suite it was found says nothing. */
class ConformanceError extends AssertionError {
  constructor(name: string, message: string) {
    super({ message })
    for (const field of Object.keys(this)) {
      Object.defineProperty(this, field, { enumerable: false })
    }
    this.stack = `${name}: ${message}`
    Object.defineProperty(this, 'name', { value: name })
    Object.defineProperty(this, inspect.custom, { value: () => shown(this) })
  }
}

/** The failure of a test: an adapter that does not keep a promise. */
export class BrokenPromise extends ConformanceError {
  constructor({ did, promised, because, cause }: Breach) {
    super('BrokenPromise', `${did}\n  Promised: ${promised}\n  Because: ${because}`)
    if (cause !== undefined) Object.defineProperty(this, 'cause', { value: cause })
  }
}

/** A harness that does not do what a test needs: no fault of the adapter's. */
export class HarnessProblem extends ConformanceError {
  constructor(message: string) {
    super('HarnessProblem', message)
  }
}

/** The harness took longer than this for something. */
export function lateHarness(what: string, ms: number): HarnessProblem {
  return new HarnessProblem(`The harness: ${what} did not settle (waited ${ms} ms).`)
}

/** A harness that cannot play what a test needs. */
export class HarnessLacks extends ConformanceError {
  constructor(what: string, how: string) {
    super('HarnessLacks', `The harness has no ${what}. Supply it, or, ${how}.`)
  }
}

function shown({ stack, cause }: Error): string {
  return cause === undefined ? `${stack}` : `${stack}\n  It threw: ${inspect(cause)}`
}
