import { existsSync } from 'node:fs'
import { createCore, type Core, type OutboundReader } from '@nanoclaw/core'
import { createReaderProcess } from '@nanoclaw/host'
import type { Config } from './config.ts'
import { findPrograms } from './programs.ts'

/**
 * Looks at a home that no daemon runs on; undefined where nothing has been started yet. Several may
 * look at once, and a daemon may start meanwhile: nothing is held and no message is changed. Files
 * of an older version are brought to this one's, as a daemon does.
 * @throws NanoclawError `io`, `corrupt`, `newer-schema`.
 */
export async function readStoredHome<T>(
  { home, layout }: Pick<Config, 'home' | 'layout'>,
  work: (core: Core, reader: OutboundReader) => Promise<T>,
): Promise<T | undefined> {
  if (!existsSync(layout.centralDb)) return undefined
  await using core = await createCore({ home })
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
