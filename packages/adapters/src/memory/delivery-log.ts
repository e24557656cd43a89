import type { MemoryDelivery } from './types.ts'

/** What the platform shows, in the order in which it took it, and who waits for more. */
export class DeliveryLog {
  readonly #all: MemoryDelivery[] = []
  readonly #byKey = new Map<string, MemoryDelivery>()
  readonly #ids = new Set<string>()
  readonly #waiting = new Set<() => void>()

  get all(): readonly MemoryDelivery[] {
    return [...this.#all]
  }

  add(delivery: MemoryDelivery): void {
    this.#all.push(delivery)
    this.#byKey.set(delivery.key, delivery)
    this.#ids.add(delivery.platformMessageId)
    for (const look of [...this.#waiting]) look()
  }

  byKey(key: string): MemoryDelivery | undefined {
    return this.#byKey.get(key)
  }

  hasId(platformMessageId: string): boolean {
    return this.#ids.has(platformMessageId)
  }

  wait(
    wanted: number | ((delivery: MemoryDelivery) => boolean),
    signal?: AbortSignal,
  ): Promise<MemoryDelivery> {
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
