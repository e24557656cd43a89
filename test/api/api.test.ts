import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { publishedPackages, ROOT } from '../support/published.ts'
import { apiEntries, apiReport, assertDeclarationsBuilt } from './reports.ts'
import { surfaces, type Surface } from './surface.ts'

const ENTRIES = apiEntries()
/** Of Standard Schema, whose types are copied into our declarations; ours mention the other. */
const COPIED = ['StandardTypedV1']
/** Where a type of better-sqlite3 or Drizzle may stand: whoever imports these wants a database. */
const NATIVE_BY_NATURE = new Set([
  '@nanoclaw/schema/database',
  '@nanoclaw/schema/drizzle',
  '@nanoclaw/schema/plain',
  '@nanoclaw/schema/untrusted',
])

describe('the API', () => {
  let all: readonly Surface[] = []
  beforeAll(() => {
    assertDeclarationsBuilt(ENTRIES)
    all = surfaces(ENTRIES)
  }, 120_000)

  test.each(ENTRIES)(
    '$specifier offers what its report says (`npm run api` rewrites it)',
    (entry) => {
      const file = join(ROOT, entry.report)
      const pinned = existsSync(file) ? readFileSync(file, 'utf8') : ''
      const { text, unexported } = apiReport(entry)
      expect(
        text,
        `The API of ${entry.specifier} is not the one pinned in ${entry.report}. If that is what ` +
          'you want, run `npm run api`, read the diff as a user of the package would, and commit it.',
      ).toBe(pinned)
      const offered = all
        .filter((one) => one.entry.package === entry.package)
        .flatMap((one) => one.exports)
        .concat(COPIED, notExported(entry.folder))
      const missing = unexported.filter((name) => !offered.includes(name))
      expect(missing, 'types that exports mention and that cannot be imported').toEqual([])
    },
    60_000,
  )

  test('counts its exports, all of them with a doc comment', () => {
    const rows = all.map(
      ({ entry, exports }) => `  ${String(exports.length).padStart(4)}  ${entry.specifier}`,
    )
    const total = all.reduce((sum, { exports }) => sum + exports.length, 0)
    console.log(
      `exports, by entry point:\n${rows.join('\n')}\n  ${String(total).padStart(4)}  in all`,
    )
    const undocumented = all.flatMap(({ entry, undocumented }) =>
      undocumented.map((name) => `${entry.specifier}: ${name}`),
    )
    expect(undocumented).toEqual([])
    expect(all.filter(({ exports }) => exports.length === 0)).toEqual([])
  })

  test('shows no type of better-sqlite3 or Drizzle but where a database is what one wants', () => {
    const leaks = all.filter(({ entry }) => !NATIVE_BY_NATURE.has(entry.specifier))
    expect(
      leaks.flatMap(({ entry, native }) => native.map((way) => `${entry.specifier}: ${way}`)),
    ).toEqual([])
    // The rule sees them where they are.
    const database = all.find(({ entry }) => entry.specifier === '@nanoclaw/schema/database')
    expect(database?.native).toContain(
      'openDatabase > OpenDatabase > PlainDatabase > sqlite > Database',
    )
  })

  test('has a report for every entry point of every published package', () => {
    expect(new Set(ENTRIES.map((entry) => entry.package))).toEqual(
      new Set(publishedPackages().map(({ name }) => name)),
    )
  })
})

/** What a package declares, for the API reference too, as of no use to anybody else. */
function notExported(folder: string): string[] {
  const text = readFileSync(join(ROOT, folder, 'typedoc.json'), 'utf8')
  const { intentionallyNotExported = [] } = JSON.parse(text) as {
    intentionallyNotExported?: string[]
  }
  return intentionallyNotExported
}
