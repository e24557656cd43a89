const REMEMBERED = 1_000

/**
 * What one console is showing and has shown, by key. A delivery that was given up while its text
 * waits in a slow pipe is joined by the next one of the same key, not printed a second time.
 */
export class ShownKeys {
  readonly #pending = new Map<string, Promise<void>>()
  readonly #done = new Set<string>()

  has(key: string): boolean {
    return this.#done.has(key)
  }

  show(key: string, show: () => Promise<void>): Promise<void> {
    if (this.#done.has(key)) return Promise.resolve()
    const pending = this.#pending.get(key)
    if (pending !== undefined) return pending
    const work = show().then(
      () => {
        this.#pending.delete(key)
        this.#remember(key)
      },
      (error: unknown) => {
        this.#pending.delete(key)
        throw error
      },
    )
    this.#pending.set(key, work)
    return work
  }

  #remember(key: string): void {
    this.#done.add(key)
    for (const oldest of this.#done) {
      if (this.#done.size <= REMEMBERED) return
      this.#done.delete(oldest)
    }
  }
}
