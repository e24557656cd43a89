/**
 * The sessions that have a strike against them, by key: a read that ended in a violation or at its
 * deadline, ended its process, or took much of the deadline. For some time after the last one they are
 * kept apart from all others.
 */
export class Suspects {
  readonly #forMs: number
  readonly #until = new Map<string, number>()

  constructor(forMs: number) {
    this.#forMs = forMs
  }

  get size(): number {
    return this.#until.size
  }

  has(key: string): boolean {
    return this.#until.has(key)
  }

  strike(key: string, now: number): void {
    this.#until.set(key, now + this.#forMs)
  }

  /** Acquits those whose time is over, and says who they are. */
  acquit(now: number): readonly string[] {
    const over = [...this.#until].filter(([, until]) => until <= now).map(([key]) => key)
    for (const key of over) this.#until.delete(key)
    return over
  }
}
