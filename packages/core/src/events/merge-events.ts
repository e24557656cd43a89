import type { StampedEvent } from './types.ts'

/** Where events are, for as long as it is open. */
export interface OpenSource {
  /** At most `limit` of those above a stamp, in order. */
  read(after: number, limit: number): Promise<readonly StampedEvent[]>
  close(): Promise<void>
}

/** Opens something that has events. At most one is open at a time. */
export type OpenEvents = () => Promise<OpenSource>

/** Events held at once are at most twice as many; fewer would have more sources opened twice. */
const batchSize = 10_000
/** Read from a source at once. */
const pageSize = 100

interface Source {
  readonly open: OpenEvents
  /** It has nothing above the position and below or at this. */
  after: number
}

interface Found {
  readonly source: Source
  readonly stamped: StampedEvent
}

/** The smallest stamps found so far. */
class Batch {
  /** Nothing above it is wanted. */
  bound: number
  readonly #size: number
  #found: Found[] = []

  constructor(bound: number, size: number) {
    this.bound = bound
    this.#size = size
  }

  /** Adds what lies within the bound; what is left out, now or later, stays its source's. */
  add(found: Found): void {
    if (found.stamped.stamp > this.bound) leave(found)
    else this.#found.push(found)
    if (this.#found.length >= 2 * this.#size) this.#cut()
  }

  /** What is complete: every event of every source up to `bound`. */
  take(): readonly StampedEvent[] {
    this.#cut()
    return this.#found.map(({ stamped }) => stamped)
  }

  #cut(): void {
    this.#found.sort((a, b) => a.stamped.stamp - b.stamped.stamp)
    for (const found of this.#found.splice(this.#size)) {
      leave(found)
      this.bound = Math.min(this.bound, this.#found.at(-1)?.stamped.stamp ?? this.bound)
    }
  }
}

function leave({ source, stamped }: Found): void {
  source.after = Math.min(source.after, stamped.stamp - 1)
}

async function visit(source: Source, batch: Batch): Promise<void> {
  const opened = await source.open()
  try {
    let last: number | undefined = source.after
    source.after = Number.POSITIVE_INFINITY
    // What a page has beyond the bound says where the source goes on.
    while (last !== undefined && last < batch.bound) {
      const page = await opened.read(last, pageSize)
      for (const stamped of page) batch.add({ source, stamped })
      last = page.length < pageSize ? undefined : page.at(-1)?.stamp
    }
    if (last !== undefined) source.after = Math.min(source.after, last)
  } finally {
    await opened.close()
  }
}

/** Which events, above `after` and up to `upTo`, and how many of them are held at once. */
export interface MergeRange {
  readonly after: number
  readonly upTo: number
  readonly size?: number | undefined
}

/**
 * Merges the events of many sources above `after` and up to `upTo`, in order, a batch at a time. The
 * sources are opened one after the other, for each batch those that have something in it: memory
 * is bounded by the batch and a number for each source.
 */
export async function* mergeEvents(
  sources: readonly OpenEvents[],
  { after, upTo, size = batchSize }: MergeRange,
): AsyncGenerator<StampedEvent, void, undefined> {
  let waiting = sources.map((open): Source => ({ open, after }))
  while (waiting.length > 0) {
    const batch = new Batch(upTo, size)
    for (const source of waiting) {
      if (source.after >= batch.bound) break
      await visit(source, batch)
    }
    yield* batch.take()
    waiting = waiting.filter((source) => source.after < upTo).sort((a, b) => a.after - b.after)
  }
}
