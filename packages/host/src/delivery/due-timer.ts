import { timestamp, type Clock } from '@nanoclaw/schema'

/** A wait for a time of day is looked at so often, in milliseconds, since clocks are set. */
const longestNapMs = 5 * 60_000

/** Waits for the earliest of the times that it is told of. */
export class DueTimer {
  readonly #clock: Clock
  readonly #onDue: () => void
  #at: string | null = null
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  /** The earliest time (ISO-8601 UTC); null: nothing is waited for. */
  get at(): string | null {
    return this.#at
  }

  /** Keeps the earlier; what is past by `now` is not waited for any more. */
  await(until: string | null, now: string): void {
    const times = [this.#at, until].filter((time) => time !== null && time > now)
    this.#at = times.toSorted()[0] ?? null
    clearTimeout(this.#timer)
    if (this.#at === null || this.#isStopped) return
    const ms = Date.parse(this.#at) - this.#clock.now()
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(ms, 0), longestNapMs))
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #look(): void {
    const now = timestamp(this.#clock)
    if (this.#at === null || this.#at <= now) this.#onDue()
    else this.await(null, now)
  }
}
