import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3'
import { NanoclawError } from '../errors.ts'
import { assertNodeVersion, assertSqliteVersion } from './requirements.ts'
import { explainSqliteError } from './sqlite-errors.ts'

/** How to connect to one of our own files. */
export interface ConnectOptions {
  readonly path: string
  readonly readOnly: boolean
  readonly create: boolean
  readonly timeoutMs: number
  readonly nativeBinding: string | undefined
}

/** SQLite's own words for it would name neither. */
function assertFolder(path: string): void {
  if (existsSync(dirname(path))) return
  throw new NanoclawError(
    'io',
    `expected the folder ${dirname(path)} for a database, there is none; make it, or name another home`,
  )
}

/** A connection to one of our own files, of which nothing has been read yet. */
export function connect(options: ConnectOptions): Database {
  assertNodeVersion(process.versions.node)
  assertFolder(options.path)
  const sqlite = new Sqlite(options.path, {
    readonly: options.readOnly,
    fileMustExist: !options.create,
    timeout: options.timeoutMs,
    ...(options.nativeBinding === undefined ? {} : { nativeBinding: options.nativeBinding }),
  })
  assertSqliteVersion(String(sqlite.prepare('SELECT sqlite_version()').pluck().get()))
  return sqlite
}

/**
 * Opens a file that a container wrote, for the reader process alone: read-only, no trust in its
 * schema, no memory mapping, no waiting. Nothing is checked; the caller does.
 */
export function openUntrusted(path: string): Database {
  assertNodeVersion(process.versions.node)
  const sqlite = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 0 })
  sqlite.pragma('trusted_schema = OFF')
  sqlite.pragma('cell_size_check = ON')
  sqlite.pragma('mmap_size = 0')
  sqlite.pragma('query_only = ON')
  return sqlite
}

/** A database in memory, for making templates. */
export function openInMemory(pageSize: number): Database {
  assertNodeVersion(process.versions.node)
  const sqlite = new Sqlite(':memory:')
  sqlite.pragma(`page_size = ${pageSize}`)
  return sqlite
}

/**
 * Holds a file exclusively until `release` or the end of the process, however it ends. Throws
 * `home-in-use` when somebody else holds it.
 */
export function acquireLock(path: string): { release(): void } {
  assertNodeVersion(process.versions.node)
  assertFolder(path)
  let sqlite: Database | undefined
  try {
    const connection = new Sqlite(path, { timeout: 0 })
    sqlite = connection
    connection.exec('BEGIN EXCLUSIVE')
    return { release: () => void connection.close() }
  } catch (error) {
    sqlite?.close()
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new NanoclawError('home-in-use', `${path} is held by another process`, { cause: error })
    }
    throw explainSqliteError(error, path)
  }
}
