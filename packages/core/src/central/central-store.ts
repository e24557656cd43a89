import {
  explainSqliteError,
  NanoclawError,
  type Clock,
  type Ids,
  type PlainDatabase,
} from '@nanoclaw/schema/plain'
import { bindStatements } from '../statements/bind-statements.ts'
import { centralSql } from './central-statements.generated.ts'
import { writeNeeds, type CentralWrites, type WriteNeed } from './central-writes.ts'
import type { WriteOf, WritingPart } from './central-writes.ts'
import { createReadMemory, type Remembered } from './read-memory.ts'
import { retryBusy } from './retry-busy.ts'
import type { CentralWriter } from './write-request.ts'
import type { CentralSql } from './write-tools.ts'

type Written<P extends WritingPart, M extends WriteOf<P>> = CentralWrites[P][M] extends (
  ...args: never[]
) => infer R
  ? R
  : never
type Given<P extends WritingPart, M extends WriteOf<P>> = CentralWrites[P][M] extends (
  ...args: infer A
) => unknown
  ? A
  : never

/** Asks for one of {@link CentralWrites}. */
export type Write = <P extends WritingPart, M extends WriteOf<P>>(
  part: P,
  method: M,
  ...args: Given<P, M>
) => Promise<Written<P, M>>

/** What every part of the core works with: the central database, clock and ids. */
export interface CentralStore extends CentralSql {
  readonly clock: Clock
  readonly ids: Ids
  /** One write transaction; asked for again while somebody else holds the lock. */
  readonly write: Write
  /** As `write`, once: rejects with an error that `isBusy` recognises where there is a lock. */
  readonly tryWrite: Write
  /** One read, of one moment: of everything whose write has resolved before. */
  read<T>(work: () => T): Promise<T>
  /**
   * A read whose result is remembered under `key` until anybody, another process too, has written
   * to the database: for what every message asks. Errors are not remembered.
   */
  readCached<T>(key: string, work: () => T): Promise<T>
  /** Resolves when what was asked for has ended, and the database is closed. */
  close(): Promise<void>
}

/** Where no thread writes, another core of this process may have looked in this very go. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** The central database: read here, through a connection of its own; written by `writer`. */
export function createCentralStore(options: {
  readonly database: PlainDatabase
  readonly path: string
  readonly clock: Clock
  readonly ids: Ids
  readonly writer: CentralWriter
}): CentralStore {
  const { database, path, clock, ids, writer } = options
  const memory = createReadMemory(database)
  let closing: Promise<void> | undefined

  async function run<T>(work: () => T): Promise<Awaited<T>> {
    try {
      if (closing !== undefined) {
        throw new NanoclawError('closed', 'this core has been closed; create another')
      }
      return await work()
    } catch (error) {
      throw explainSqliteError(error, path)
    }
  }

  /** What every message asks, in as few steps as can be. A lock is waited for by who reads. */
  function remembered(key: string): Remembered | undefined {
    try {
      return closing === undefined ? memory.find(key) : undefined
    } catch {
      return undefined
    }
  }

  const tryWrite: Write = (part, method, ...args) =>
    run(async () => {
      memory.forget()
      const { sync, id: idOf }: WriteNeed = writeNeeds[part][method]
      try {
        const written = await writer.run({ part, method, args, sync, idOf })
        return written as Written<typeof part, typeof method>
      } finally {
        memory.forget()
        await nextTick()
      }
    })

  return {
    sql: bindStatements(database.sqlite, centralSql),
    clock,
    ids,
    tryWrite,
    write: (part, method, ...args) => retryBusy(() => tryWrite(part, method, ...args)),
    read: (work) => retryBusy(() => run(() => database.transact('deferred', work))),
    async readCached<T>(key: string, work: () => T) {
      const found = remembered(key)
      if (found !== undefined) return found.value as T
      return retryBusy(() =>
        run(() => memory.get(key, () => database.transact('deferred', work))),
      ) as Promise<T>
    },
    close() {
      // First: what is left of the log is written back by the one that closes last.
      return (closing ??= (async () => {
        database.close()
        await writer.close()
      })())
    },
  }
}
