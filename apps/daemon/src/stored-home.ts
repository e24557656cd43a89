import { existsSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createCore, type Core, type OutboundReader } from '@nanoclaw/core'
import { createReaderProcess } from '@nanoclaw/host'
import type { HomeLayout, JournalMode } from '@nanoclaw/schema'
import type { Config } from './config.ts'
import { findPrograms } from './programs.ts'

/**
 * Looks at a home that no daemon runs on; undefined where nothing has been started yet. Several may
 * look at once, and a daemon may start meanwhile: nothing is held, no message and no journal is
 * changed. Files of an older version are brought to this one's, as a daemon does.
 * @throws NanoclawError `io`, `corrupt`, `newer-schema`.
 */
export async function readStoredHome<T>(
  { home, layout }: Pick<Config, 'home' | 'layout'>,
  work: (core: Core, reader: OutboundReader) => Promise<T>,
): Promise<T | undefined> {
  if (!existsSync(layout.centralDb)) return undefined
  await using core = await createCore({ home, journal: await journalOf(layout) })
  const { readerEntry } = findPrograms()
  const { journal } = core
  // A process of its own: what a container wrote may be made to hang or kill whoever reads it.
  const reader = createReaderProcess({
    layout,
    journal,
    ...(readerEntry === undefined ? {} : { entry: readerEntry }),
  })
  try {
    return await work(core, reader)
  } finally {
    await reader.stop()
  }
}

/**
 * The journal mode that sessions were left in: where containers share no kernel it is not WAL. The
 * 19th byte of a database tells (sqlite.org/fileformat.html#file_format_version_numbers); any session's
 * will do.
 */
async function journalOf(layout: HomeLayout): Promise<JournalMode> {
  for (const agent of await namesIn(layout.sessions)) {
    for (const session of await namesIn(join(layout.sessions, agent))) {
      const file = await open(layout.session(agent, session).inboundDb).catch(() => undefined)
      if (file === undefined) continue
      await using opened = file
      const { buffer } = await opened.read(Buffer.alloc(1), 0, 1, 18)
      return buffer[0] === 1 ? 'delete' : 'wal'
    }
  }
  return 'wal'
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => [])
}
