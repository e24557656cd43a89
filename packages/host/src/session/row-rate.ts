import type { HostLimits } from '../limits.ts'

/**
 * A bucket of tokens, one a row, refilled by time: full at first, so that a burst costs nothing. Once
 * it is empty it gives none until there are some for a second, so that there are few reads of many
 * rows, not many of one.
 */
export class RowRate {
  readonly #limits: Pick<HostLimits, 'rowsPerSecond' | 'rowsBurst'>
  readonly #now: () => number
  #tokens: number
  #refilledAt: number
  #isDry = false

  /** `now`: a monotonic clock in milliseconds. */
  constructor(limits: Pick<HostLimits, 'rowsPerSecond' | 'rowsBurst'>, now: () => number) {
    this.#limits = limits
    this.#now = now
    this.#tokens = limits.rowsBurst
    this.#refilledAt = now()
  }

  /** How many rows may be taken now, at most `wanted`. */
  admit(wanted: number): number {
    const { rowsPerSecond, rowsBurst } = this.#limits
    if (rowsPerSecond === Infinity) return wanted
    const now = this.#now()
    const refill = ((now - this.#refilledAt) / 1_000) * rowsPerSecond
    this.#tokens = Math.min(rowsBurst, this.#tokens + refill)
    this.#refilledAt = now
    if (this.#tokens < 1) this.#isDry = true
    else if (this.#tokens >= Math.min(rowsBurst, rowsPerSecond)) this.#isDry = false
    return this.#isDry ? 0 : Math.min(wanted, Math.floor(this.#tokens))
  }

  /** So many have been taken. */
  took(rows: number): void {
    this.#tokens -= rows
  }
}
