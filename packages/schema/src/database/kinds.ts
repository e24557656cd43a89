import { centralMigrations } from '../migrations/central.generated.ts'
import { inboundMigrations } from '../migrations/inbound.generated.ts'
import { outboundMigrations } from '../migrations/outbound.generated.ts'
import type { Migration } from './migrate.ts'

/** The three kinds of database files. */
export type DatabaseKind = 'central' | 'inbound' | 'outbound'

/** What tells one kind of file from another. */
export interface DatabaseKindInfo {
  /** `PRAGMA application_id`: the ASCII letters `NCL` and `C`, `I` or `O`. */
  readonly applicationId: number
  /** In bytes. */
  readonly pageSize: number
  /** Oldest first; each version is larger than the one before. */
  readonly migrations: readonly Migration[]
}

const sessionPageSize = 1024

/** By kind: application id, page size, migrations. Small pages keep an idle session small. */
export const databaseKinds: Readonly<Record<DatabaseKind, DatabaseKindInfo>> = {
  central: { applicationId: 0x4e434c43, pageSize: 4096, migrations: centralMigrations },
  inbound: { applicationId: 0x4e434c49, pageSize: sessionPageSize, migrations: inboundMigrations },
  outbound: {
    applicationId: 0x4e434c4f,
    pageSize: sessionPageSize,
    migrations: outboundMigrations,
  },
}

/**
 * The contract of a version, which is 1000 × contract + step. A higher step of one contract is
 * opened by every version of it; a higher contract is refused.
 */
export function contractOf(version: number): number {
  return Math.floor(version / 1000)
}

/** The newest version of a kind that this release writes, and migrates older files to. */
export function latestVersion(kind: DatabaseKind): number {
  const last = databaseKinds[kind].migrations.at(-1)
  return last === undefined ? 0 : last.version
}
