import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Keeps a whole copy of an open database under another name, durably, unless there is one: it is
 * made beside that name first, so that a copy that was cut off is never taken for a whole one.
 */
export function keepCopy(sqlite: Database, copy: string): void {
  if (existsSync(copy)) return
  const unfinished = `${copy}.tmp`
  rmSync(unfinished, { force: true })
  sqlite.prepare('VACUUM INTO ?').run(unfinished)
  sync(unfinished)
  renameSync(unfinished, copy)
  if (process.platform !== 'win32') sync(dirname(copy))
}
