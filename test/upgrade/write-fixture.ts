// Writes a home in today's versions of the databases, for all later versions to open:
// `pnpm --filter @nanoclaw-internal/test fixtures`. What is there is never written again.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { latestVersion } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { databasesIn, fixtureName, fixturesFolder, type HomeDatabase } from '../support/fixtures.ts'
import { makeHome } from './support/make-home.ts'
import { rowsByTable } from '../support/database-rows.ts'

/** All in one file, as small as it gets; fails when a table is empty. */
function settle({ kind, path }: HomeDatabase): void {
  const { sqlite, close } = openDatabase({ path, kind })
  const empty = [...rowsByTable(sqlite)].filter(([, rows]) => rows.length === 0)
  if (empty.length > 0) {
    const tables = empty.map(([table]) => table).join(', ')
    throw new Error(`nothing is in ${kind}.db's ${tables}: let support/make-home.ts write a row`)
  }
  sqlite.exec('VACUUM')
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  close()
}

const target = join(fixturesFolder, fixtureName(latestVersion))
if (existsSync(target)) {
  throw new Error(
    `${basename(target)} is there already; a fixture is what that version wrote, and is not written again`,
  )
}
const home = await mkdtemp(join(tmpdir(), 'nanoclaw-fixture-'))
try {
  await makeHome(home)
  for (const database of databasesIn(home)) settle(database)
  const left = /\/(run|logs|private|\.heartbeat|destinations\.json)$/
  await mkdir(fixturesFolder, { recursive: true })
  await cp(home, target, { recursive: true, filter: (from) => !left.test(from) })
  process.stdout.write(`${target}\n`)
} finally {
  await rm(home, { recursive: true, force: true })
}
