import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { publishedPackages } from '../support/published.ts'
import { packed } from './support/packed.ts'
import { run } from './support/run.ts'

const ENTRIES = publishedPackages().flatMap(({ entries }) => entries)
const SPECIFIERS = ENTRIES.map(({ specifier }) => specifier)
/** Drizzle's own declarations do not compile: they import the drivers of all databases it knows. */
const OF_DRIZZLE = ['@nanoclaw/schema/database', '@nanoclaw/schema/drizzle']
const ADAPTERS = SPECIFIERS.filter((specifier) => specifier.startsWith('@nanoclaw/adapters'))
const timeoutMs = 120_000

/** A folder of its own below the installed packages, with one file in it. */
async function write(folder: string, file: string, text: string): Promise<string> {
  const cwd = join(packed().folder, folder)
  await mkdir(cwd, { recursive: true })
  await writeFile(join(cwd, file), text)
  return cwd
}

describe('a consumer', () => {
  const WITHOUT_DRIZZLE = SPECIFIERS.filter((specifier) => !OF_DRIZZLE.includes(specifier))
  test.each([
    {
      module: 'nodenext',
      moduleResolution: 'nodenext',
      entries: WITHOUT_DRIZZLE,
      skipLibCheck: false,
    },
    {
      module: 'esnext',
      moduleResolution: 'bundler',
      entries: WITHOUT_DRIZZLE,
      skipLibCheck: false,
    },
    { module: 'nodenext', moduleResolution: 'nodenext', entries: OF_DRIZZLE, skipLibCheck: true },
  ])(
    'compiles strictly with module $module and resolution $moduleResolution, skipLibCheck $skipLibCheck: $entries',
    async ({ entries, module, moduleResolution, skipLibCheck }) => {
      const lines = entries.map((name, index) => `import * as entry${index} from '${name}'`)
      const names = entries.map((_, index) => `entry${index}`)
      const text = `${lines.join('\n')}\nexport const all: object[] = [${names.join(', ')}]\n`
      const cwd = await write(`types-${module}`, 'every-entry.ts', text)
      const compilerOptions = {
        ...{ strict: true, skipLibCheck, noEmit: true, exactOptionalPropertyTypes: true },
        ...{ module, moduleResolution, target: 'es2023', lib: ['es2024', 'esnext.disposable'] },
        types: ['node'],
      }
      await write(`types-${module}`, 'tsconfig.json', JSON.stringify({ compilerOptions }))
      const tsc = join(packed().folder, 'node_modules/typescript/bin/tsc')
      expect(await run(process.execPath, [tsc, '-p', '.'], { cwd, timeoutMs })).toBe('')
    },
    timeoutMs,
  )

  const list = (what: 'require' | 'await import', names: readonly string[]): string =>
    `${names.map((name) => `console.log('${name}', Object.keys(${what}('${name}')).length > 0)`).join('\n')}\n`
  const loaded = (names: readonly string[]): string =>
    names.map((name) => `${name} true\n`).join('')

  test('requires every entry on the oldest Node of all packages', async () => {
    const cwd = await write('require', 'every-entry.cjs', list('require', SPECIFIERS))
    const node = packed().runtimes.oldestNode
    const args = ['--disable-warning=ExperimentalWarning', 'every-entry.cjs']
    expect(await run(node, args, { cwd, timeoutMs })).toBe(loaded(SPECIFIERS))
  })

  test('imports every entry on the Node of today', async () => {
    const cwd = await write('import', 'every-entry.mjs', list('await import', SPECIFIERS))
    expect(await run(process.execPath, ['every-entry.mjs'], { cwd, timeoutMs })).toBe(
      loaded(SPECIFIERS),
    )
  })

  test.each(['oldestNodeOfAdapters', 'bun'] as const)(
    'imports every entry of adapters with the runtime %s',
    async (runtime) => {
      const cwd = await write('adapters', 'every-entry.mjs', list('await import', ADAPTERS))
      const program = packed().runtimes[runtime]
      expect(await run(program, ['every-entry.mjs'], { cwd, timeoutMs })).toBe(loaded(ADAPTERS))
    },
  )
})
