import { errorMessage, NanoclawError } from '../errors.ts'

function sqliteCode(error: unknown): string {
  const code: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : ''
}

/**
 * Whether SQLite only asks to try again: another connection holds a lock, or a read-only
 * connection met a WAL index that is being rebuilt.
 */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return (
    code.startsWith('SQLITE_BUSY') ||
    code.startsWith('SQLITE_LOCKED') ||
    code === 'SQLITE_PROTOCOL' ||
    code === 'SQLITE_READONLY_RECOVERY' ||
    code === 'SQLITE_READONLY_CANTLOCK'
  )
}

/** Whether a file turned out not to be a sound database. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error)
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB'
}

/** SQLite's errors in words for the person who runs this; others pass as they are. */
export function explainSqliteError(error: unknown, path: string): unknown {
  const code = sqliteCode(error)
  const detail = errorMessage(error)
  if (isCorrupt(error)) {
    return new NanoclawError(
      'corrupt',
      `${path} is not a sound database (${detail}); restore a copy of it, or move it away to begin anew`,
      { cause: error },
    )
  }
  // The shared memory of the log is the first thing that a full disk has no room for.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') {
    return new NanoclawError('disk-full', `no space left to write ${path}; free some and retry`, {
      cause: error,
    })
  }
  const unusable = ['SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_IOERR']
  if (unusable.some((prefix) => code.startsWith(prefix))) {
    return new NanoclawError(
      'io',
      `${path} cannot be read and written (${detail}); check that it exists, its owner and its rights`,
      { cause: error },
    )
  }
  return error
}
