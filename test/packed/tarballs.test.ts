import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { publishedPackages, ROOT, type Manifest } from '../support/published.ts'
import { installedManifest } from './support/consumer.ts'
import { packed } from './support/packed.ts'
import { run } from './support/run.ts'

const PUBLISHED = publishedPackages()

describe.each(PUBLISHED)('the tarball of $name', ({ name, manifest }) => {
  const installed = (): string => join(packed().folder, 'node_modules', name)
  const lint = (tool: string, ...args: string[]) =>
    run(
      process.execPath,
      [join(ROOT, 'node_modules', tool), ...args, packed().tarballs[name] ?? ''],
      {
        cwd: packed().folder,
        timeoutMs: 60_000,
      },
    )

  test('has nothing that publint objects to', async () => {
    expect(await lint('publint/src/cli.js', '--strict')).toContain('All good!')
  })

  test('has types that every ESM consumer finds', async () => {
    const attw = '@arethetypeswrong/cli/dist/index.js'
    await lint(attw, '--profile', 'esm-only', '--no-color', '--no-emoji')
  })

  test('says where its files are, and nothing of the workspace', () => {
    const { exports = {}, dependencies = {} } = installedManifest(packed(), name) as Manifest
    expect(JSON.stringify(exports)).not.toContain('@nanoclaw/source')
    expect(Object.keys(exports)).toEqual(Object.keys(manifest.exports ?? {}))
    const files = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    )
    expect(files.filter((file) => !existsSync(join(installed(), file)))).toEqual([])
    // What belongs together is released together, and may be patched by itself.
    const ours = Object.entries(dependencies).filter(([other]) => other.startsWith('@nanoclaw/'))
    for (const [, range] of ours) expect(range).toBe(`^${manifest.version}`)
  })

  test('holds the licence, the README and what was built, with its source in the source maps', () => {
    const { files } = manifest as { files?: string[] }
    expect(readdirSync(installed()).toSorted()).toEqual(
      ['LICENSE', 'README.md', 'package.json', ...(files ?? [])].toSorted(),
    )
    expect(lstatSync(installed()).isSymbolicLink()).toBe(false)
    const { sources, sourcesContent } = JSON.parse(
      readFileSync(join(installed(), 'dist/index.js.map'), 'utf8'),
    ) as { sources: string[]; sourcesContent: string[] }
    expect(sourcesContent).toHaveLength(sources.length)
  })
})

test('the runner brings its own SQLite, with its licence: only its folder is mounted', () => {
  const runner = join(packed().folder, 'node_modules/@nanoclaw/container-runtime/dist/runner')
  const driver = join(runner, 'node_modules/better-sqlite3')
  expect(readdirSync(driver)).toContain('LICENSE')
  expect(readdirSync(join(driver, 'prebuilds'))).toContain(
    `${process.platform}-${process.arch}.node`,
  )
})

test.each([
  ['container-runtime/dist/runner', 'zod'],
  ['daemon/dist', 'zod'],
  ['daemon/dist', 'drizzle-orm'],
])('the bundle in %s has the licences of what it holds, that of %s too', (folder, name) => {
  const file = join(packed().folder, 'node_modules/@nanoclaw', folder, 'third-party-notices.txt')
  const notices = readFileSync(file, 'utf8')
  expect(notices).toMatch(new RegExp(`^${name} [\\d.]+, (MIT|Apache-2.0)$`, 'm'))
  expect(notices).toMatch(/^zod \d[^]*Permission is hereby granted/m)
})
