import type { SyncMode } from '@nanoclaw/schema'
import type { PlainDatabase } from '@nanoclaw/schema/plain'

/** Decides at each commit whether the process dies there: before any of it, or when it is done. */
export type DiesAt = () => 'before' | 'after' | undefined

/** A connection whose process can die. */
export interface MortalDatabase {
  readonly database: PlainDatabase
  /** How each commit so far was synced. */
  readonly commits: readonly SyncMode[]
  /** From now on nothing is committed any more. */
  die(): void
}

/**
 * The connection of a runner in the test's own process, which ends as `kill -9` ends a process: what
 * is committed stays, and nothing is committed after it.
 */
export function mortalDatabase(
  database: PlainDatabase,
  diesAt: DiesAt = () => undefined,
): MortalDatabase {
  let dead = false
  let sync: SyncMode = 'full'
  const commits: SyncMode[] = []
  const assertAlive = (): void => {
    if (dead) throw new Error('the runner was killed (simulated)')
  }
  return {
    commits,
    die: () => {
      dead = true
    },
    database: {
      ...database,
      setSync: (mode) => {
        sync = mode
        database.setSync(mode)
      },
      transact: (mode, work) => {
        assertAlive()
        const when = diesAt()
        if (when === 'before') dead = true
        assertAlive()
        const done = database.transact(mode, work)
        commits.push(sync)
        if (when === 'after') dead = true
        assertAlive()
        return done
      },
    },
  }
}
