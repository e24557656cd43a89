import { createIds, createLayout, systemClock } from '@nanoclaw/schema'
import type { Clock, HomeLayout, Ids } from '@nanoclaw/schema'
import { assemble, type CoreParts } from './assemble.ts'
import { createCentralStore } from './central/central-store.ts'
import { loadInstallId } from './central/install-id.ts'
import { openCentral } from './central/open-central.ts'
import { writerInThread } from './central/thread-writer.ts'
import type { Core, CoreOptions } from './core.ts'
import { createHomeFiles } from './files/home-files.ts'
import { silentLogger } from './logger.ts'
import { createSqliteMailboxes } from './mailbox/sqlite-mailboxes.ts'
import { createArchives } from './retention/archives.ts'
import { plainPort, type AroundPort } from './ports.ts'
import { createThreads } from './threads/create-threads.ts'
import type { Threads } from './threads/types.ts'

/** The central database, with the id of its home. Here it is read alone, from now on. */
async function openStore(
  threads: Threads,
  layout: HomeLayout,
  tools: { readonly clock: Clock; readonly ids: Ids },
): Promise<Pick<CoreParts, 'store' | 'installId'>> {
  const path = layout.centralDb
  const database = await openCentral(layout)
  try {
    const installId = await loadInstallId(database, { path, ids: tools.ids })
    database.sqlite.pragma('query_only = ON')
    const writer = writerInThread(threads, { path }, tools)
    return { installId, store: createCentralStore({ database, path, ...tools, writer }) }
  } catch (error) {
    database.close()
    throw error
  }
}

/** {@link createCore}, with something around its ports. */
export async function openHome(options: CoreOptions, around: AroundPort): Promise<Core> {
  const { clock = systemClock, ids = createIds(clock), logger = silentLogger } = options
  const { journal = 'wal' } = options
  const layout = createLayout(options.home)
  const threads = createThreads(options.databaseThreads)
  return assemble({
    ...(await openStore(threads, layout, { clock, ids })),
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
