import { explainSqliteError, NanoclawError } from '@nanoclaw/schema'
import type { Clock, Ids, SyncMode } from '@nanoclaw/schema'
import type { OpenDatabase } from '@nanoclaw/schema/database'
import { createReadMemory } from './read-memory.ts'
import { retryBusy } from './retry-busy.ts'

/** What every part of the core works with: the open central database, clock and ids. */
export interface CentralStore {
  readonly orm: OpenDatabase['orm']
  readonly clock: Clock
  readonly ids: Ids
  /**
   * One write transaction; retried while somebody else holds the lock. `work` is synchronous.
   * `onCommit` is called with the commit, before anything else of this process can run.
   */
  write<T>(sync: SyncMode, work: () => T, onCommit?: (result: T) => void): Promise<T>
  /** One read, of one moment. */
  read<T>(work: () => T): Promise<T>
  /**
   * A read whose result is remembered under `key` until anybody, another process too, has written
   * to the database: for what every message asks. Errors are not remembered.
   */
  readCached<T>(key: string, work: () => T): Promise<T>
  close(): void
}

/** Wraps the open central database. */
export function createCentralStore(options: {
  readonly database: OpenDatabase
  readonly path: string
  readonly clock: Clock
  readonly ids: Ids
}): CentralStore {
  const { database, path, clock, ids } = options
  let sync: SyncMode = 'full'
  let closed = false
  const memory = createReadMemory(database)

  async function run<T>(work: () => T): Promise<T> {
    try {
      return await retryBusy(() => {
        if (closed) throw new NanoclawError('closed', 'this core has been closed; create another')
        return work()
      })
    } catch (error) {
      throw explainSqliteError(error, path)
    }
  }

  return {
    orm: database.orm,
    clock,
    ids,
    write: (mode, work, onCommit) =>
      run(() => {
        if (sync !== mode) {
          database.setSync(mode)
          sync = mode
        }
        memory.forget()
        const result = database.transact('immediate', work)
        onCommit?.(result)
        return result
      }),
    read: (work) => run(() => database.transact('deferred', work)),
    readCached: (key, work) =>
      run(() => memory.get(key, () => database.transact('deferred', work))),
    close() {
      if (closed) return
      closed = true
      database.close()
    },
  }
}
