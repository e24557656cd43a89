import type { PlainDatabase } from '@nanoclaw/schema/plain'

/** Results of reads, true as long as nobody has written. */
export interface ReadMemory {
  /** What `read` gives now, from memory if that is the same. */
  get<T>(key: string, read: () => T): T
  /** This connection is about to write. */
  forget(): void
}

/** More is not asked between two writes; then all is forgotten, which costs only time. */
const mostEntries = 1_000

/**
 * Remembers reads until the database changes. `PRAGMA data_version` tells of every commit of
 * another connection; of this connection's own, `forget` has to be told.
 */
export function createReadMemory({ sqlite }: Pick<PlainDatabase, 'sqlite'>): ReadMemory {
  const version = sqlite.prepare<[], number>('PRAGMA data_version').pluck()
  const known = new Map<string, { readonly value: unknown }>()
  let knownVersion: number | undefined
  return {
    get<T>(key: string, read: () => T): T {
      const now = version.get()
      if (now !== knownVersion || known.size >= mostEntries) known.clear()
      knownVersion = now
      const found = known.get(key)
      if (found !== undefined) return found.value as T
      const value = read()
      known.set(key, { value })
      return value
    },
    forget: () => known.clear(),
  }
}
