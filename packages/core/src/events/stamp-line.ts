/** A commit under way, and the stamps that it may use. */
export interface StampBatch<Event> {
  /** The smallest; the others follow it. */
  readonly first: number
  /** It has been committed, with these events; none if it was rolled back. */
  finish(events: readonly Event[]): void
  /** Whether it has been committed is not known. */
  giveUp(): void
}

interface Commit<Event> {
  readonly first: number
  readonly last: number
  outcome: readonly Event[] | 'unknown' | undefined
}

/** Where events go, in order. */
export interface Released<Event> {
  /** They have been committed. Called for a commit without any, too. */
  told(events: readonly Event[]): void
  /** What has been committed up to this one is known to the databases alone. */
  unknown(last: number): void
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
  readonly #released: Released<Event>
  readonly #underWay: Commit<Event>[] = []
  #last: number
  #ceiling: number

  /** `ceiling`: as it was found. */
  constructor(ceiling: number, released: Released<Event>) {
    this.#last = ceiling
    this.#ceiling = ceiling
    this.#released = released
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
    const first = this.#last + 1
    this.#last += count
    const commit: Commit<Event> = { first, last: this.#last, outcome: undefined }
    this.#underWay.push(commit)
    const end = (outcome: readonly Event[] | 'unknown') => {
      commit.outcome ??= outcome
      this.#releaseSettled()
    }
    return { first, finish: end, giveUp: () => end('unknown') }
  }

  #releaseSettled(): void {
    for (;;) {
      const [oldest] = this.#underWay
      if (oldest?.outcome === undefined) return
      this.#underWay.shift()
      if (oldest.outcome === 'unknown') this.#released.unknown(oldest.last)
      else this.#released.told(oldest.outcome)
    }
  }
}
