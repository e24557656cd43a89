/** An async iterable fed by hand: what is put before somebody reads is kept, in order. */
export interface EventQueue<T> {
  readonly events: AsyncIterable<T>
  put(event: T): void
  /**
   * The same, and resolves when the reader has asked for what follows, which says that it is done
   * with this event; or when the iteration has ended.
   */
  hand(event: T): Promise<void>
  /** Ends the iteration after what was put. What is put later is ignored. */
  end(): void
}

interface Waiting<T> {
  readonly event: T
  readonly consumed: () => void
}

/** An empty queue for one reader. */
export function createEventQueue<T>(): EventQueue<T> {
  const waiting: Waiting<T>[] = []
  const unconsumed = new Set<() => void>()
  let ended = false
  let wake = (): void => undefined
  async function* iterate(): AsyncGenerator<T, void> {
    for (;;) {
      const next = waiting.shift()
      if (next !== undefined) {
        yield next.event
        next.consumed()
        continue
      }
      if (ended) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  function put(event: T, consumed: () => void): void {
    waiting.push({ event, consumed })
    wake()
  }
  return {
    events: iterate(),
    put: (event) => {
      if (!ended) put(event, () => undefined)
    },
    hand: async (event) => {
      if (ended) return
      await new Promise<void>((resolve) => {
        const consumed = (): void => {
          unconsumed.delete(consumed)
          resolve()
        }
        unconsumed.add(consumed)
        put(event, consumed)
      })
    },
    end: () => {
      ended = true
      wake()
      for (const consumed of unconsumed) consumed()
    },
  }
}
