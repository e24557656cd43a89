import { AwaitedList } from '../awaited-list.ts'
import type { MemoryDelivery } from './types.ts'

/** What the platform shows, in the order in which it took it, and who waits for more. */
export class DeliveryLog {
  readonly #all = new AwaitedList<MemoryDelivery>()
  readonly #byKey = new Map<string, MemoryDelivery>()
  readonly #ids = new Set<string>()

  get all(): readonly MemoryDelivery[] {
    return this.#all.all
  }

  add(delivery: MemoryDelivery): void {
    this.#byKey.set(delivery.key, delivery)
    this.#ids.add(delivery.platformMessageId)
    this.#all.add(delivery)
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
    return this.#all.wait(wanted, signal)
  }
}
