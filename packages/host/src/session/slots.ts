/** Somebody who holds a slot, or wants one. */
export interface SlotHolder {
  /** Whether its container could end now without harm. */
  isIdle(): boolean
  /** Asks it to give its slot back soon. */
  evict(): void
}

interface Waiting {
  readonly holder: SlotHolder
  readonly grant: () => void
}

/**
 * The cap on running containers: first come, first served. Whoever waits makes an idle holder
 * give its slot back, the one that has held it longest first.
 */
export class Slots {
  readonly #limit: number
  readonly #holders = new Set<SlotHolder>()
  readonly #evicting = new Set<SlotHolder>()
  readonly #waiting: Waiting[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get inUse(): number {
    return this.#holders.size
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Resolves when the holder has a slot; `false` when the signal aborted first. */
  acquire(holder: SlotHolder, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    if (this.#holders.size < this.#limit && this.#waiting.length === 0) {
      this.#holders.add(holder)
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const onAbort = (): void => {
        const index = this.#waiting.indexOf(entry)
        if (index >= 0) this.#waiting.splice(index, 1)
        resolve(false)
      }
      const entry: Waiting = {
        holder,
        grant: () => {
          signal.removeEventListener('abort', onAbort)
          resolve(true)
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(entry)
      this.#makeRoom()
    })
  }

  release(holder: SlotHolder): void {
    this.#evicting.delete(holder)
    if (!this.#holders.delete(holder)) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#holders.add(next.holder)
    next.grant()
  }

  /** To be called when a holder has become idle. */
  becameIdle(): void {
    this.#makeRoom()
  }

  #makeRoom(): void {
    for (const holder of this.#holders) {
      if (this.#evicting.size >= this.#waiting.length) return
      if (this.#evicting.has(holder) || !holder.isIdle()) continue
      this.#evicting.add(holder)
      holder.evict()
    }
  }
}
