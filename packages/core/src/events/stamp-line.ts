/** A commit under way, and the stamps that it may use. */
export interface StampBatch<Event> {
  /** The smallest; the others follow it. */
  readonly first: number
  /** It has been committed, with these events; none if it was rolled back. */
  finish(events: readonly Event[]): void
}

interface Commit<Event> {
  readonly first: number
  events: readonly Event[] | undefined
}

/**
 * The number line of a home's events.
 *
 * 1. No stamp is given twice, not even after a crash: only those below a ceiling that has been
 *    committed are given, and a new process begins at the ceiling that it finds.
 * 2. Events are released in the order of their stamps, and only when no commit with a smaller one
 *    is under way: whoever has seen a stamp misses nothing below it.
 *
 * Numbers are skipped freely (rollbacks, restarts): 2^53 are enough for 10^11 starts of a process.
 */
export class StampLine<Event> {
  readonly #release: (events: readonly Event[]) => void
  readonly #underWay: Commit<Event>[] = []
  #last: number
  #ceiling: number

  /**
   * `ceiling`: as it was found. `release` is given what has been committed, in order, and is called
   * for a commit without events too.
   */
  constructor(ceiling: number, release: (events: readonly Event[]) => void) {
    this.#last = ceiling
    this.#ceiling = ceiling
    this.#release = release
  }

  /** The largest number that may have been given. */
  get last(): number {
    return this.#last
  }

  /** Everything up to this one has been committed and released, or never will be. */
  get settled(): number {
    const [oldest] = this.#underWay
    return oldest === undefined ? this.#last : oldest.first - 1
  }

  /** No larger number is given before more are reserved. */
  get ceiling(): number {
    return this.#ceiling
  }

  /** Whether there are so many left. */
  has(count: number): boolean {
    return this.#last + count <= this.#ceiling
  }

  /** A new range, committed: all above `from`, up to `ceiling`. */
  reserved(from: number, ceiling: number): void {
    this.#last = Math.max(this.#last, from)
    this.#ceiling = ceiling
  }

  /** Takes the next numbers for one commit; `finish` has to be called. */
  begin(count: number): StampBatch<Event> {
    const commit: Commit<Event> = { first: this.#last + 1, events: undefined }
    this.#last += count
    this.#underWay.push(commit)
    return {
      first: commit.first,
      finish: (events) => {
        commit.events ??= events
        this.#releaseSettled()
      },
    }
  }

  #releaseSettled(): void {
    for (;;) {
      const events = this.#underWay[0]?.events
      if (events === undefined) return
      this.#underWay.shift()
      this.#release(events)
    }
  }
}
