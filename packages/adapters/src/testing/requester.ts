import { untilAborted } from '../until-aborted.ts'

/** The way to the network in a test. */
export interface Requester {
  /** How many requests were made. */
  readonly count: number
  /** As `fetch`; cut when the process that asks dies. */
  ask(death: AbortSignal, ...given: Parameters<typeof fetch>): Promise<Response>
  /** Answers to the requests under way reach nobody any more; those to later ones do. */
  hold(): void
}

/** Counts what goes through this `fetch`, cuts it, and holds it back. */
export function createRequester(fetch: typeof globalThis.fetch): Requester {
  let count = 0
  let holds = 0
  return {
    get count() {
      return count
    },
    hold: () => void (holds += 1),
    async ask(death, input, init) {
      count += 1
      const begun = holds
      const own = init?.signal ?? (input instanceof Request ? input.signal : undefined)
      const signal = own === undefined ? death : AbortSignal.any([own, death])
      try {
        return await fetch(input, { ...init, signal })
      } finally {
        if (begun !== holds) {
          await untilAborted(signal)
          signal.throwIfAborted()
        }
      }
    },
  }
}
