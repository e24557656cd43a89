/** An async iterable fed by hand: what is put before somebody reads is kept, in order. */
export interface EventQueue<T> {
  readonly events: AsyncIterable<T>
  put(event: T): void
  /** Ends the iteration after what was put. Later calls of `put` are ignored. */
  end(): void
}

/** An empty queue for one reader. */
export function createEventQueue<T>(): EventQueue<T> {
  const waiting: T[] = []
  let ended = false
  let wake = (): void => undefined
  async function* iterate(): AsyncGenerator<T, void> {
    for (;;) {
      const event = waiting.shift()
      if (event !== undefined) {
        yield event
        continue
      }
      if (ended) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    events: iterate(),
    put: (event) => {
      if (ended) return
      waiting.push(event)
      wake()
    },
    end: () => {
      ended = true
      wake()
    },
  }
}
