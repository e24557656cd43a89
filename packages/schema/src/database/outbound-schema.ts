import type { Database } from 'better-sqlite3'
import { contractOf, databaseKinds, latestVersion } from './kinds.ts'
import { applyMigrations } from './migrate.ts'
import { openInMemory } from './connection.ts'

interface SchemaObject {
  readonly type: string
  readonly name: string
  readonly table: string
  readonly sql: string | null
}

/** One column of a table of `outbound.db`, as SQLite's `table_xinfo` tells of it. */
export interface OutboundColumn {
  readonly name: string
  readonly type: string
  readonly hidden: number
}

/** What `outbound.db` of one version looks like. */
export interface OutboundSchema {
  readonly version: number
  /** All schema objects as SQLite's own JSON, to be compared as a whole. */
  readonly fingerprint: string
  readonly columns: ReadonlyMap<string, readonly OutboundColumn[]>
}

const mostObjects = 200
const longestSql = 65_536

function readObjects(sqlite: Pick<Database, 'prepare'>): readonly SchemaObject[] {
  // As arrays: better-sqlite3 compiles a function for each statement that yields objects.
  return sqlite
    .prepare<[], [type: string, name: string, table: string, sql: string | null]>(
      `SELECT type, name, tbl_name, substr(sql, 1, ${longestSql}) FROM sqlite_schema
       ORDER BY type, name LIMIT ${mostObjects}`,
    )
    .raw()
    .all()
    .map(([type, name, table, sql]) => ({ type, name, table, sql }))
}

interface Identity {
  readonly applicationId: number
  readonly version: number
  readonly encoding: string
  readonly fingerprint: string
}

/** One statement: preparing is most of what it costs to look at a file that was just opened. */
const identitySql = `SELECT
  (SELECT application_id FROM pragma_application_id),
  (SELECT user_version FROM pragma_user_version),
  (SELECT encoding FROM pragma_encoding),
  (SELECT json_group_array(json_array(type, name, tbl_name, substr(sql, 1, ${longestSql})))
    FROM (SELECT * FROM sqlite_schema ORDER BY type, name LIMIT ${mostObjects}))`

function readIdentity(sqlite: Pick<Database, 'prepare'>): Identity {
  const found = sqlite.prepare<[], [number, number, string, string]>(identitySql).raw().get()
  const [applicationId = 0, version = 0, encoding = '', fingerprint = ''] = found ?? []
  return { applicationId, version, encoding, fingerprint }
}

function readColumns(sqlite: Pick<Database, 'prepare'>, table: string): readonly OutboundColumn[] {
  return sqlite
    .prepare<[string], OutboundColumn>('SELECT name, type, hidden FROM pragma_table_xinfo(?)')
    .all(table)
}

/** The schemas of `outbound.db` that this release knows, oldest first. */
export function knownOutboundSchemas(): readonly OutboundSchema[] {
  const { migrations, applicationId, pageSize } = databaseKinds.outbound
  return migrations.map((step, index) => {
    const sqlite = openInMemory(pageSize)
    try {
      applyMigrations(sqlite, migrations.slice(0, index + 1), applicationId)
      const tables = readObjects(sqlite).filter((object) => object.type === 'table')
      return {
        version: step.version,
        fingerprint: readIdentity(sqlite).fingerprint,
        columns: new Map(tables.map(({ name }) => [name, readColumns(sqlite, name)])),
      }
    } finally {
      sqlite.close()
    }
  })
}

function laterStepProblem(
  sqlite: Pick<Database, 'prepare'>,
  newest: OutboundSchema,
): string | undefined {
  const objects = readObjects(sqlite)
  if (objects.length >= mostObjects) return `more than ${mostObjects} schema objects`
  const odd = objects.find((object) => object.type !== 'table' && object.type !== 'index')
  if (odd !== undefined) return `a ${odd.type} called ${odd.name}`
  for (const [table, known] of newest.columns) {
    const found = objects.find((object) => object.type === 'table' && object.name === table)
    if (found === undefined) return `no table ${table}`
    if (!/^CREATE TABLE/i.test(found.sql ?? '')) return `${table} is no plain table`
    const columns = readColumns(sqlite, table)
    if (columns.some((column) => column.hidden !== 0)) return `${table} has generated columns`
    const same = known.every(
      (column, index) =>
        columns[index]?.name === column.name && columns[index].type === column.type,
    )
    if (!same) return `${table} has not the columns of version ${newest.version}`
  }
  return undefined
}

/**
 * Why an `outbound.db` may not be read, or undefined when it may: a known version must have
 * exactly its schema; a later step of the same contract the known tables as plain tables, with
 * columns added at their end, and no view or trigger. To be asked inside the read transaction
 * whose rows are to be trusted.
 */
export function outboundSchemaProblem(
  sqlite: Pick<Database, 'prepare'>,
  known: readonly OutboundSchema[],
): string | undefined {
  const { applicationId, version, encoding, fingerprint } = readIdentity(sqlite)
  if (applicationId !== databaseKinds.outbound.applicationId) {
    return `application id ${applicationId}`
  }
  if (encoding !== 'UTF-8') return `text in ${encoding}, expected UTF-8`
  const expected = known.find((schema) => schema.version === version)
  if (expected !== undefined) {
    return fingerprint === expected.fingerprint
      ? undefined
      : `the schema is not that of version ${version}`
  }
  const newest = known.at(-1)
  const laterStep =
    version > latestVersion('outbound') && contractOf(version) === contractOf(newest?.version ?? 0)
  if (newest === undefined || !laterStep) return `unknown schema version ${version}`
  return laterStepProblem(sqlite, newest)
}
