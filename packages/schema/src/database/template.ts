import { databaseKinds, type DatabaseKind } from './kinds.ts'
import { applyMigrations } from './migrate.ts'
import { openInMemory } from './connection.ts'
import type { JournalMode } from './modes.ts'

/** Offsets 18 and 19 of the SQLite file header: 2 in WAL mode, 1 else (SQLite file format §1.3.3). */
const formatVersionOffsets = [18, 19]

/**
 * The bytes of an empty database of a kind, made by replaying its migrations: writing them costs
 * a quarter of what the same DDL costs in a file.
 */
export function templateBytes(kind: DatabaseKind, journal: JournalMode): Buffer {
  const { pageSize, migrations, applicationId } = databaseKinds[kind]
  const sqlite = openInMemory(pageSize)
  try {
    applyMigrations(sqlite, migrations, applicationId)
    // What the steps left between their tables' definitions would be a page in every session.
    sqlite.exec('VACUUM')
    const bytes = sqlite.serialize()
    for (const offset of formatVersionOffsets) bytes[offset] = journal === 'wal' ? 2 : 1
    return bytes
  } finally {
    sqlite.close()
  }
}
