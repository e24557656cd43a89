import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { openPlain, type OpenDatabaseOptions, type PlainDatabase } from './open-plain.ts'

/** An open database: the connection, Drizzle over it, and the version found or made. */
export interface OpenDatabase extends PlainDatabase {
  readonly orm: BetterSQLite3Database
}

/**
 * The one place that opens our database files: guards the versions of Node and SQLite, checks
 * application id and schema version before it writes, sets the pragmas, migrates (a copy
 * `<path>.v<version>.bak` is kept first). New commits are fully synced until `setSync` says else.
 *
 * Throws `NanoclawError`: `node-too-old`, `sqlite-too-old`, `corrupt` (not a database, or not this
 * kind), `newer-schema`, `disk-full`, `io`. Lock conflicts pass as SQLite's own errors, which
 * `isBusy` recognises.
 */
export function openDatabase(options: OpenDatabaseOptions): OpenDatabase {
  const opened = openPlain(options)
  return { ...opened, orm: drizzle(opened.sqlite) }
}
