import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { publishedPackages, ROOT, type PublishedEntry } from '../support/published.ts'

/** One entry point of a published package, and where its pinned report lies, from the root. */
export interface ApiEntry extends PublishedEntry {
  readonly package: string
  readonly folder: string
  readonly report: string
}

/** Every entry point of every published package. */
export function apiEntries(): ApiEntry[] {
  return publishedPackages().flatMap(({ name, folder, entries }) =>
    entries.map((entry) => ({
      ...entry,
      package: name,
      folder,
      report: `${folder}/api/${entry.name}.api.md`,
    })),
  )
}

/** What the tests of this folder need; throws and says how to get it. */
export function assertDeclarationsBuilt(entries: readonly ApiEntry[]): void {
  const missing = entries.filter(({ types }) => !existsSync(join(ROOT, types)))
  if (missing.length === 0) return
  const names = missing.map(({ types }) => types).join(', ')
  throw new Error(`expected built declarations, there is no ${names}; run \`npm run build\``)
}

/** What an entry point offers. */
export interface ApiReport {
  readonly text: string
  /** Types that it mentions and does not export. */
  readonly unexported: readonly string[]
}

/** The report of an entry point as its built declarations are now. */
export function apiReport({ folder, types, name }: ApiEntry): ApiReport {
  const aside = mkdtempSync(join(tmpdir(), 'nanoclaw-api-'))
  mkdirSync(join(aside, 'report'))
  const unexported: string[] = []
  const problems: string[] = []
  try {
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: join(ROOT, folder),
        mainEntryPointFilePath: join(ROOT, types),
        newlineKind: 'lf',
        compiler: { overrideTsconfig: COMPILER },
        apiReport: {
          enabled: true,
          reportFileName: `${name}.api.md`,
          reportFolder: join(aside, 'report'),
          reportTempFolder: join(aside, 'temporary'),
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: MESSAGES,
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(ROOT, folder, 'package.json'),
    })
    Extractor.invoke(config, {
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true
        // It adds a number to a name that is also a global one.
        const [, symbol] =
          /^The symbol "(\w+?)(?:_\d+)?" needs to be exported/.exec(message.text) ?? []
        if (symbol !== undefined) unexported.push(symbol)
        else if (message.logLevel === ExtractorLogLevel.Error) problems.push(message.text)
      },
    })
    if (problems.length > 0) throw new Error(`${types}: ${problems.join('; ')}`)
    return { text: readFileSync(join(aside, 'report', `${name}.api.md`), 'utf8'), unexported }
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/** As a consumer compiles: nothing of the workspace's own settings, no source condition. */
const COMPILER = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2024', 'ESNext.Disposable'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  },
  include: ['dist'],
}

const MESSAGES = {
  extractorMessageReporting: {
    default: { logLevel: ExtractorLogLevel.Error },
    // There are no release tags: what is exported is public.
    'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
    'ae-undocumented': { logLevel: ExtractorLogLevel.None },
    'ae-unresolved-link': { logLevel: ExtractorLogLevel.None },
  },
  tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
}
