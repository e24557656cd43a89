import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the homes lie that earlier versions have written, in folders named by their versions. */
export const fixturesFolder = fileURLToPath(
  new URL('../../packages/schema/test/fixtures', import.meta.url),
)

const kinds = ['central', 'inbound', 'outbound'] as const

/** The folder name of the versions that a home is written in. */
export function fixtureName(versionOf: (kind: (typeof kinds)[number]) => number): string {
  return kinds.map((kind) => `${kind}-${versionOf(kind)}`).join('_')
}

/** All fixtures, by name. */
export function fixtureNames(): readonly string[] {
  return readdirSync(fixturesFolder).toSorted()
}

/** A database file of a home. */
export interface HomeDatabase {
  readonly kind: (typeof kinds)[number]
  readonly path: string
}

/** The database files of a home: the central one, and two for each session. */
export function databasesIn(home: string): readonly HomeDatabase[] {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
  return files.toSorted().flatMap((file) => {
    const kind = kinds.find((one) => file.split(sep).at(-1) === `${one}.db`)
    return kind === undefined ? [] : [{ kind, path: join(home, file) }]
  })
}

/** A copy of a fixture, to be removed by `remove`. */
export function copyFixture(name: string): { readonly home: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), 'nanoclaw-upgrade-'))
  cpSync(join(fixturesFolder, name), home, { recursive: true })
  for (const { kind, path } of databasesIn(home)) {
    if (kind !== 'inbound') continue
    // git keeps no empty folders.
    mkdirSync(join(dirname(dirname(path)), 'private'), { recursive: true })
  }
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) }
}
