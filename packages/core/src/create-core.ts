import { createIds, createLayout, systemClock } from '@nanoclaw/schema'
import { assemble } from './assemble.ts'
import { createCentralStore } from './central/central-store.ts'
import { writerHere } from './central/run-write.ts'
import { openCentral } from './central/open-central.ts'
import type { Core, CoreOptions } from './core.ts'
import { createHomeFiles } from './files/home-files.ts'
import { silentLogger } from './logger.ts'
import { createSqliteMailboxes } from './mailbox/sqlite-mailboxes.ts'
import { createArchives } from './retention/archives.ts'
import { plainPort, type AroundPort } from './ports.ts'
import { createThreads } from './threads/create-threads.ts'

/** {@link createCore}, with something around its ports. */
export async function openHome(options: CoreOptions, around: AroundPort): Promise<Core> {
  const { clock = systemClock, ids = createIds(clock), logger = silentLogger } = options
  const { journal = 'wal' } = options
  const layout = createLayout(options.home)
  const threads = createThreads(options.databaseThreads)
  const database = await openCentral(layout)
  return assemble({
    store: createCentralStore({
      database,
      path: layout.centralDb,
      clock,
      ids,
      writer: writerHere(database, { clock, ids }),
    }),
    layout,
    journal,
    mailboxes: (recorder) =>
      createSqliteMailboxes({ layout, journal, clock, ids, recorder, threads }),
    threads,
    files: createHomeFiles(layout),
    archives: createArchives(layout),
    logger,
    around,
  })
}

/**
 * Opens a home, made when it is missing. Throws `NanoclawError`: `io` (it cannot be read or
 * written), `corrupt`, `newer-schema`, `disk-full`, `node-too-old`; what was there is untouched.
 */
export function createCore(options: CoreOptions): Promise<Core> {
  return openHome(options, plainPort)
}
