import { openPlain } from '@nanoclaw/schema/plain'
import { sentWriteRunner } from './run-write.ts'

/** Which file. */
export interface CentralServiceOptions {
  readonly path: string
}

/** The side of a database thread that writes to the central database, which is there and migrated. */
export function openCentralService({ path }: CentralServiceOptions) {
  // No waiting inside SQLite: the thread has sessions, too. Whoever asks does so again.
  const database = openPlain({ path, kind: 'central', journal: 'wal', timeoutMs: 0 })
  return { methods: { run: sentWriteRunner(database) }, close: () => database.close() }
}
