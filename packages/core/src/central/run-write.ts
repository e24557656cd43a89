import {
  NanoclawError,
  type Clock,
  type Ids,
  type PlainDatabase,
  type SyncMode,
} from '@nanoclaw/schema/plain'
import { bindStatements } from '../statements/bind-statements.ts'
import { centralSql } from './central-statements.generated.ts'
import { centralWrites } from './central-writes.ts'
import type { CentralWriter, SentWrite, WriteRequest } from './write-request.ts'

/** Runs writes, one transaction each, on a database that is open for writing. */
function writeRunner(
  database: PlainDatabase,
  tools: { readonly clock: Clock; readonly ids: Ids },
): (request: Omit<WriteRequest, 'idOf'>) => unknown {
  const sql = bindStatements(database.sqlite, centralSql)
  const writes = centralWrites({ sql, ...tools })
  let synced: SyncMode = 'full'
  return ({ part, method, args, sync }) => {
    const work: unknown = Reflect.get(writes[part], method)
    if (typeof work !== 'function') {
      throw new NanoclawError('bad-option', `expected a write, got ${part}.${method}`)
    }
    if (synced !== sync) {
      database.setSync(sync)
      synced = sync
    }
    return database.transact('immediate', (): unknown => Reflect.apply(work, undefined, args))
  }
}

/** Writes in this thread, on a database that is its owner's to close. */
export function writerHere(
  database: PlainDatabase,
  tools: { readonly clock: Clock; readonly ids: Ids },
): CentralWriter {
  return { run: writeRunner(database, tools), close: async () => undefined }
}

/** As {@link writeRunner}, where time and ids come with each request. */
export function sentWriteRunner(database: PlainDatabase): (request: SentWrite) => unknown {
  let current: SentWrite | undefined
  const run = writeRunner(database, {
    clock: { now: () => current?.now ?? Number.NaN },
    ids: {
      next(prefix) {
        const id = current?.id
        if (id?.startsWith(`${prefix}-`) === true) return id
        throw new NanoclawError('bad-option', `expected an id for ${prefix} in the request`)
      },
    },
  })
  return (request) => {
    current = request
    return run(request)
  }
}
