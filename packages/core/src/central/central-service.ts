import { openPlain } from '@nanoclaw/schema/plain'
import { lockTimeoutMs } from './lock-timeout.ts'
import { sentWriteRunner } from './run-write.ts'

/** Which file. */
export interface CentralServiceOptions {
  readonly path: string
}

/** The side of a database thread that writes to the central database, which is there and migrated. */
export function openCentralService({ path }: CentralServiceOptions) {
  const timeoutMs = lockTimeoutMs
  const database = openPlain({ path, kind: 'central', journal: 'wal', timeoutMs })
  return { methods: { run: sentWriteRunner(database) }, close: () => database.close() }
}
