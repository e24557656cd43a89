import type { Database } from 'better-sqlite3'

/**
 * One step of a kind of file: the SQL that leads to `version` (1000 × contract + step). Never changed
 * once it is published. A step of the same contract only adds: columns at the end of a table, which
 * may be null or have a default, tables, and indexes that are not unique, one in place of another too,
 * so that versions before it go on with the file. Everything else is a contract of its own.
 */
export interface Migration {
  readonly version: number
  readonly sql: string
}

/** The `user_version` of an open file. */
export function readVersion(sqlite: Database): number {
  return Number(sqlite.pragma('user_version', { simple: true }))
}

/**
 * Brings a file to the newest version, all steps in one transaction: a crash leaves the old
 * version or the new one, never a half of either.
 */
export function applyMigrations(
  sqlite: Database,
  migrations: readonly Migration[],
  applicationId: number,
): void {
  const apply = sqlite.transaction(() => {
    const from = readVersion(sqlite)
    const due = migrations.filter((migration) => migration.version > from)
    for (const migration of due) {
      sqlite.exec(migration.sql)
      sqlite.pragma(`user_version = ${migration.version}`)
    }
    sqlite.pragma(`application_id = ${applicationId}`)
  })
  apply.immediate()
}
