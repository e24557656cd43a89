import { explainSqliteError, NanoclawError, type HomeLayout } from '@nanoclaw/schema'
import { openPlain, templateBytes, type PlainDatabase } from '@nanoclaw/schema/plain'
import { createFile, exists, makeFolder, syncFolder, syncParent } from '../files/durable-files.ts'
import { lockTimeoutMs } from './lock-timeout.ts'
import { retryBusy } from './retry-busy.ts'

const homeMode = 0o700
const databaseMode = 0o600

function assertSound(database: PlainDatabase, path: string): void {
  const verdict = String(database.sqlite.pragma('quick_check(1)', { simple: true }))
  if (verdict === 'ok') return
  throw new NanoclawError(
    'corrupt',
    `${path} is not a sound database (${verdict.replaceAll(/\s+/g, ' ')}); restore a copy of it, or move it away to begin anew`,
  )
}

function openChecked(path: string): PlainDatabase {
  const database = openPlain({
    path,
    kind: 'central',
    journal: 'wal',
    timeoutMs: lockTimeoutMs,
  })
  try {
    assertSound(database, path)
    return database
  } catch (error) {
    database.close()
    throw explainSqliteError(error, path)
  }
}

/**
 * Opens a home's central database, made when it is missing (several at once may do this). Throws
 * `io`, `corrupt`, `newer-schema` or `disk-full`, having changed nothing that was there.
 */
export async function openCentral(layout: HomeLayout): Promise<PlainDatabase> {
  const path = layout.centralDb
  await makeFolder(layout.home, homeMode)
  if (!(await exists(path))) {
    await createFile({
      path,
      temporaryFolder: layout.home,
      bytes: templateBytes('central', 'wal'),
      mode: databaseMode,
    })
  }
  // Whoever made them may have been killed before their names were synced.
  await syncFolder(layout.home)
  await syncParent(layout.home)
  return retryBusy(() => openChecked(path))
}
