import type { StampedEvent } from './types.ts'

/** How many events subscribers may be behind before they read the databases instead. */
const kept = 1_000

/** The last events of this process, in order: what live subscribers read. */
export class RecentEvents {
  #events: StampedEvent[] = []
  /** Everything above it is here. */
  #from = Number.POSITIVE_INFINITY

  /** Forgets all; every event above `from` will be added. Default: none will. */
  restart(from = Number.POSITIVE_INFINITY): void {
    this.#events = []
    this.#from = from
  }

  /** What is up to a stamp is left to the databases. */
  leave(upTo: number): void {
    this.#from = Math.max(this.#from, upTo)
    this.#events = this.#events.filter(({ stamp }) => stamp > upTo)
  }

  /** Adds what follows all that is there. */
  add(events: readonly StampedEvent[]): void {
    for (const event of events) if (event.stamp > this.#from) this.#events.push(event)
    if (this.#events.length < 2 * kept) return
    this.#from = this.#events.at(-kept - 1)?.stamp ?? this.#from
    this.#events = this.#events.slice(-kept)
  }

  /** Whether everything above a stamp is still here. */
  reaches(stamp: number): boolean {
    return stamp >= this.#from
  }

  /** The first event above a stamp that {@link reaches} holds for. */
  after(stamp: number): StampedEvent | undefined {
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#events[middle]?.stamp ?? 0) > stamp) high = middle
      else low = middle + 1
    }
    return this.#events[low]
  }
}
