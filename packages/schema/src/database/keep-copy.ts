import { closeSync, existsSync, fsyncSync, linkSync, openSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Database } from 'better-sqlite3'

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Also what was cut off earlier. Whoever is at one of them still finds the copy that there is now. */
function removeUnfinished(copy: string): void {
  const name = basename(copy)
  for (const entry of readdirSync(dirname(copy))) {
    if (entry.startsWith(`${name}.`) && entry.endsWith('.tmp')) {
      rmSync(join(dirname(copy), entry), { force: true })
    }
  }
}

/**
 * Keeps a whole copy of an open database under another name, durably, unless there is one: it is
 * made beside that name first, so that a copy that was cut off is never taken for a whole one; under a
 * name of its own, since another process may be at it, too.
 */
export function keepCopy(sqlite: Database, copy: string): void {
  if (existsSync(copy)) return removeUnfinished(copy)
  // Loaded here alone: it would take every start of a container 10 ms.
  const { randomUUID } = process.getBuiltinModule('node:crypto')
  const unfinished = `${copy}.${randomUUID()}.tmp`
  try {
    sqlite.prepare('VACUUM INTO ?').run(unfinished)
    sync(unfinished)
    // Never over another's copy: that was made before the other one migrated, this one perhaps after.
    linkSync(unfinished, copy)
  } catch (error) {
    if (!existsSync(copy)) throw error
  } finally {
    removeUnfinished(copy)
  }
  if (process.platform !== 'win32') sync(dirname(copy))
}
