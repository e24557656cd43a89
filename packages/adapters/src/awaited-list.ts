/** A list that grows, and who waits for what will stand in it. */
export class AwaitedList<T> {
  readonly #all: T[] = []
  readonly #waiting = new Set<() => void>()

  /** Everything so far, in the order in which it came. */
  get all(): readonly T[] {
    return [...this.#all]
  }

  add(item: T): void {
    this.#all.push(item)
    for (const look of [...this.#waiting]) look()
  }

  /** The first that fits, or the nth (from 1), once it is there. Rejects with the signal's reason. */
  wait(wanted: number | ((item: T) => boolean), signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = typeof wanted === 'number' ? this.#all[wanted - 1] : this.#all.find(wanted)
        if (found === undefined) return
        end()
        resolve(found)
      }
      const abort = (): void => {
        end()
        reject(signal?.reason)
      }
      const end = (): void => {
        this.#waiting.delete(look)
        signal?.removeEventListener('abort', abort)
      }
      this.#waiting.add(look)
      signal?.addEventListener('abort', abort)
      if (signal?.aborted === true) abort()
      else look()
    })
  }
}
