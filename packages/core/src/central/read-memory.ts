import type { PlainDatabase } from '@nanoclaw/schema/plain'

/** The result of a read. */
export interface Remembered {
  readonly value: unknown
}

/** Results of reads, true as long as nobody has written. */
export interface ReadMemory {
  /** What is remembered of a read, if it would give the same now. */
  find(key: string): Remembered | undefined
  /** What `read` gives now, from memory if that is the same. */
  get<T>(key: string, read: () => T): T
  /** This process is about to write, or has written. */
  forget(): void
}

/** More is not asked between two writes; then all is forgotten, which costs only time. */
const mostEntries = 5_000

/**
 * Remembers reads until the database changes. `PRAGMA data_version` tells of every commit of
 * another process, of this one's own `forget` has to be told. It is asked once for all that is done
 * at once, up to where this process waits for something: nobody can learn of a commit of another
 * process in between, so that whoever has learned of one is answered by it.
 */
export function createReadMemory({ sqlite }: Pick<PlainDatabase, 'sqlite'>): ReadMemory {
  const version = sqlite.prepare<[], number>('PRAGMA data_version').pluck()
  const known = new Map<string, Remembered>()
  let knownVersion: number | undefined
  let isCurrent = false
  const waited = (): void => {
    isCurrent = false
  }
  const look = (): void => {
    if (isCurrent) return
    const now = version.get()
    if (now !== knownVersion || known.size >= mostEntries) known.clear()
    knownVersion = now
    isCurrent = true
    // Runs when all that can go on without waiting has.
    process.nextTick(waited)
  }
  const find = (key: string): Remembered | undefined => {
    look()
    return known.get(key)
  }
  return {
    find,
    get<T>(key: string, read: () => T): T {
      const found = find(key)
      if (found !== undefined) return found.value as T
      const value = read()
      known.set(key, { value })
      return value
    },
    forget() {
      known.clear()
      isCurrent = false
    },
  }
}
