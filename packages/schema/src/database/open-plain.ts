import type { Database } from 'better-sqlite3'
import { NanoclawError } from '../errors.ts'
import { connect } from './connection.ts'
import { keepCopy } from './keep-copy.ts'
import { contractOf, databaseKinds, latestVersion, type DatabaseKind } from './kinds.ts'
import { applyMigrations, readVersion } from './migrate.ts'
import type { JournalMode, SyncMode } from './modes.ts'
import { explainSqliteError } from './sqlite-errors.ts'

/** How to open a database file. */
export interface OpenDatabaseOptions {
  /** Of the file; its folder must be there. */
  readonly path: string
  /** Which of the three it is; a file of another kind is refused as `corrupt`. */
  readonly kind: DatabaseKind
  /** Default `read-write`. */
  readonly access?: 'read-write' | 'read-only'
  /** Default `wal`. Not looked at when read-only. */
  readonly journal?: JournalMode
  /** How long SQLite itself may wait for a lock, in milliseconds. Default 0. */
  readonly timeoutMs?: number
  /** Make the file when it is missing or empty. Default false. */
  readonly create?: boolean
  /** A `.node` file to load instead of the installed one. */
  readonly nativeBinding?: string
}

/** An open database: the connection, and the version found or made. */
export interface PlainDatabase {
  readonly sqlite: Database
  readonly version: number
  /** Runs `work`, which is synchronous, in one transaction: `immediate` to write, else `deferred`. */
  transact<T>(mode: 'immediate' | 'deferred', work: () => T): T
  /** How the next commits are synced; cheap, to be said before a transaction. */
  setSync(mode: SyncMode): void
  close(): void
}

/**
 * Every connection fills its own in time; better-sqlite3's default is 16 MB. Of sessions hundreds are
 * open at once: a message touches some twenty pages of 1 KB, a bite of pruning some two hundred, and
 * four times as much made no difference with 100,000 rows behind it.
 */
const cacheKilobytes: Readonly<Record<DatabaseKind, number>> = {
  central: 2_000,
  inbound: 250,
  outbound: 250,
}

/** One transaction function for all work: better-sqlite3 takes 25 µs here to make one. */
function createTransact(sqlite: Database): PlainDatabase['transact'] {
  const transaction = sqlite.transaction((work: () => void) => work())
  return <T>(mode: 'immediate' | 'deferred', work: () => T): T => {
    let result: { readonly value: T } | undefined
    transaction[mode](() => {
      result = { value: work() }
    })
    if (result === undefined) throw new Error('a transaction ended without a result')
    return result.value
  }
}

/** Refuses what is not ours or newer than we understand, before anything is written. */
function checkIdentity(sqlite: Database, options: OpenDatabaseOptions): number {
  const { applicationId } = databaseKinds[options.kind]
  const found = Number(sqlite.pragma('application_id', { simple: true }))
  const version = readVersion(sqlite)
  if (found !== applicationId) {
    throw new NanoclawError(
      'corrupt',
      `expected a NanoClaw ${options.kind} database at ${options.path}, found another file (application id ${found}); move it away`,
    )
  }
  const newest = latestVersion(options.kind)
  if (contractOf(version) > contractOf(newest)) {
    throw new NanoclawError(
      'newer-schema',
      `${options.path} was written by a newer NanoClaw (schema ${version}, this one knows ${newest}); start that version, or restore the copy it kept`,
    )
  }
  return version
}

/** Whether nothing has been written but, at most, a header: a creation that was cut off. */
function isBlank(sqlite: Database): boolean {
  return sqlite.prepare('SELECT 1 FROM sqlite_schema').get() === undefined && isUnmarked(sqlite)
}

function isUnmarked(sqlite: Database): boolean {
  return readVersion(sqlite) === 0 && sqlite.pragma('application_id', { simple: true }) === 0
}

function migrate(sqlite: Database, options: OpenDatabaseOptions, version: number): void {
  const { migrations, applicationId } = databaseKinds[options.kind]
  if (version >= latestVersion(options.kind)) return
  keepCopy(sqlite, `${options.path}.v${version}.bak`)
  applyMigrations(sqlite, migrations, applicationId)
}

/**
 * What a commit needs to survive a power cut: with a rollback journal, the folder is synced after the
 * journal's removal too, or the journal may come back and undo the commit.
 */
function fullSync({ journal = 'wal' }: OpenDatabaseOptions): string {
  return journal === 'delete' ? 'extra' : 'full'
}

function openReadWrite(sqlite: Database, options: OpenDatabaseOptions): number {
  const { pageSize, migrations, applicationId } = databaseKinds[options.kind]
  const isNew = options.create === true && isBlank(sqlite)
  const version = isNew ? 0 : checkIdentity(sqlite, options)
  if (isNew) sqlite.pragma(`page_size = ${pageSize}`)
  sqlite.pragma(`journal_mode = ${options.journal ?? 'wal'}`)
  sqlite.pragma(`synchronous = ${fullSync(options)}`)
  if (isNew) applyMigrations(sqlite, migrations, applicationId)
  else migrate(sqlite, options, version)
  sqlite.pragma('foreign_keys = ON')
  return readVersion(sqlite)
}

/** As `openDatabase`, without Drizzle, which takes long to load. Throws the same. */
export function openPlain(options: OpenDatabaseOptions): PlainDatabase {
  let sqlite: Database | undefined
  try {
    const connection = connect({
      path: options.path,
      readOnly: options.access === 'read-only',
      create: options.create === true,
      timeoutMs: options.timeoutMs ?? 0,
      nativeBinding: options.nativeBinding,
    })
    sqlite = connection
    connection.exec(`PRAGMA cache_size = -${cacheKilobytes[options.kind]}`)
    const full = fullSync(options)
    const version =
      options.access === 'read-only'
        ? checkIdentity(connection, options)
        : openReadWrite(connection, options)
    return {
      sqlite: connection,
      version,
      transact: createTransact(connection),
      // `exec` takes 3 µs here, `pragma` 27; every message pays it twice.
      setSync: (mode) =>
        void connection.exec(`PRAGMA synchronous = ${mode === 'full' ? full : mode}`),
      close: () => void connection.close(),
    }
  } catch (error) {
    sqlite?.close()
    throw explainSqliteError(error, options.path)
  }
}
