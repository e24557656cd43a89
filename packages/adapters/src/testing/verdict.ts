import { setTimeout as wait } from 'node:timers/promises'
import { meaningOfDeliveryError, type DeliveryErrorMeaning } from '../contract/errors.ts'
import type { DeliveryResult } from '../contract/parts.ts'
import { BrokenPromise } from './broken-promise.ts'
import { within } from './within.ts'

const POLL_MS = 2

const SAYS: Readonly<Record<DeliveryErrorMeaning, string>> = {
  retryable: 'a RetryableDeliveryError, "nothing was sent"',
  terminal: 'a TerminalDeliveryError, "nothing was sent and never will be"',
  unknown: 'what means "it may have been sent"',
}

/** A promise in words. */
export interface Wording {
  /** The promise, in one sentence. */
  readonly name: string
  /** Why a platform, or the host, needs it. */
  readonly because: string
}

/** Words to judge one promise with. A test says only what the adapter did; the rest is the promise's. */
export interface Verdict {
  /** The promise broken by what the adapter did. */
  breach(did: string, cause?: unknown): BrokenPromise
  /** The promise is broken: this is what the adapter did. */
  broken(did: string, cause?: unknown): never
  check(holds: boolean, did: string): void
  /** Waits until it holds; if it does not, this is what the adapter did. */
  until(condition: () => boolean, did: string, patienceMs?: number): Promise<void>
  /** Waits until there is one. */
  found<T>(find: () => T | undefined, did: string): Promise<T>
  /** Waits for a promise that has to settle. */
  inTime<T>(work: Promise<T>, did: string): Promise<T>
  /** Waits for a delivery that has to throw with one of these meanings. Resolves with the error. */
  throws(
    work: Promise<DeliveryResult>,
    ...meanings: readonly DeliveryErrorMeaning[]
  ): Promise<unknown>
}

/** Judges one promise. */
export function createVerdict(promise: Wording, patienceMs: number): Verdict {
  async function poll<T>(find: () => T | undefined, did: string, ms = patienceMs): Promise<T> {
    const start = performance.now()
    for (let found = find(); ; found = find()) {
      if (found !== undefined) return found
      if (performance.now() - start > ms) return verdict.broken(waited(did, ms))
      await wait(POLL_MS)
    }
  }
  const verdict: Verdict = {
    breach: (did, cause) => new BrokenPromise({ did: sentence(did), ...wording(promise), cause }),
    broken: (did, cause) => {
      throw verdict.breach(did, cause)
    },
    check: (holds, did) => {
      if (!holds) verdict.broken(did)
    },
    until: async (condition, did, ms) => {
      await poll(() => (condition() ? true : undefined), did, ms)
    },
    found: (find, did) => poll(find, did),
    inTime: (work, did) => within(work, patienceMs, () => verdict.broken(waited(did, patienceMs))),
    throws: async (work, ...meanings) => {
      const outcome = await verdict.inTime(
        work.then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        ),
        'deliver() did not settle',
      )
      if (!('error' in outcome)) {
        return verdict.broken(`deliver() answered ${JSON.stringify(outcome.value)}`)
      }
      const { error } = outcome
      if (error instanceof BrokenPromise) throw error
      const meaning = meaningOfDeliveryError(error)
      if (meanings.includes(meaning)) return error
      return verdict.broken(`deliver() threw ${SAYS[meaning]}: ${String(error)}`, error)
    },
  }
  return verdict
}

/** Ends it with one full stop. */
export function sentence(text: string): string {
  return `${text.replace(/\.+$/, '')}.`
}

/** The promise and its reason as sentences. */
export function wording({ name, because }: Wording): { promised: string; because: string } {
  return { promised: sentence(name.replace(/^(\[\w+\] )+/, '')), because: sentence(because) }
}

/** With the time that was too short for it. */
export function waited(did: string, ms: number): string {
  return `${did} (waited ${ms} ms)`
}
