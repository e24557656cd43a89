/**
 * Looks at what is under way when it may be late. One timer serves all that follow each other, so that
 * what ends in time costs none.
 */
export class Overdue {
  #late: (() => void) | undefined
  #dueAt = 0
  #timer: NodeJS.Timeout | undefined

  /**
   * Calls `late` after `ms` milliseconds unless `end` is called before, and not before what has arrived
   * in the meantime has been read. Of one object `ms` is never longer than it was the first time.
   */
  begin(ms: number, late: () => void): void {
    this.#late = late
    this.#dueAt = performance.now() + ms
    this.#timer ??= this.#arm(ms)
  }

  end(): void {
    this.#late = undefined
  }

  /** Whoever waits for a process has its pipes, which keep this one alive. */
  #arm(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), ms).unref()
  }

  #look(): void {
    this.#timer = undefined
    const late = this.#late
    if (late === undefined) return
    const leftMs = this.#dueAt - performance.now()
    if (leftMs > 0) this.#timer = this.#arm(Math.ceil(leftMs))
    else setImmediate(() => this.#late === late && late())
  }
}
