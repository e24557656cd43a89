/**
 * An async iterable fed by hand: what is put before somebody reads is kept, in order. For providers
 * over a model whose events come by callback, and for the batches of a turn.
 */
export interface EventQueue<T> {
  /** To be read once, by one reader. Never rejects. */
  readonly events: AsyncIterable<T>
  /** Adds an event and returns at once. After `end` it does nothing. */
  put(event: T): void
  /**
   * The same, and resolves when the reader has asked for what follows, which says that it is done
   * with this event; or when the queue has ended, or the reader has left it. With it a turn keeps
   * the promise to do nothing for later batches until its result has been committed.
   */
  hand(event: T): Promise<void>
  /** Ends the iteration after what was put. May be called again. */
  end(): void
}

interface Waiting<T> {
  readonly event: T
  readonly consumed: () => void
}

/** An empty queue for one reader. Its methods need no `this`. Throws nothing. */
export function createEventQueue<T>(): EventQueue<T> {
  const waiting: Waiting<T>[] = []
  const unconsumed = new Set<() => void>()
  let ended = false
  let wake = (): void => undefined
  async function* iterate(): AsyncGenerator<T, void> {
    try {
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
    } finally {
      end()
    }
  }
  function end(): void {
    ended = true
    wake()
    for (const consumed of unconsumed) consumed()
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
    end,
  }
}
