import { existsSync, readFileSync } from 'node:fs'
import getReleasePlan from '@changesets/get-release-plan'
import { describe, expect, test } from 'vitest'
import { publishedPackages, readManifest, ROOT, type Manifest } from '../support/published.ts'
import { publishViolations } from './rules/manifests.ts'

const PUBLISHED = publishedPackages()

describe('what a package says of itself', () => {
  test.each(PUBLISHED)('$name is right and complete', ({ folder, manifest }) => {
    expect(publishViolations(folder, manifest)).toEqual([])
    expect(existsSync(`${ROOT}/${folder}/README.md`)).toBe(true)
    const licence = (path: string) => readFileSync(`${ROOT}/${path}/LICENSE`, 'utf8')
    expect(licence(folder)).toBe(licence('.'))
  })

  test.each(PUBLISHED)('$name has all that it exports in the API reference', (published) => {
    const text = readFileSync(`${ROOT}/${published.folder}/typedoc.json`, 'utf8')
    const { entryPoints, sourceLinkTemplate } = JSON.parse(text) as {
      entryPoints: string[]
      sourceLinkTemplate: string
    }
    expect(sourceLinkTemplate).toContain(`main/${published.folder}/src/{path}#`)
    expect(entryPoints.toSorted()).toEqual(
      published.entries
        .map(({ types }) => types.replace(`${published.folder}/dist/`, './src/'))
        .map((types) => types.replace('.d.ts', '.ts'))
        .toSorted(),
    )
  })

  test.each<[string, (core: Manifest) => Partial<Manifest>]>([
    ['homepage is to be', () => ({ homepage: undefined })],
    ['repository is to be', () => ({ repository: 'github:nanoclaw/nanoclaw' })],
    ['engines is to be', () => ({ engines: { node: '>=18' } })],
    ['sideEffects is to be', () => ({ sideEffects: true })],
    ['description: one sentence', () => ({ description: 'core' })],
    ['keywords: four or more', () => ({ keywords: ['core'] })],
    ['files: source maps hold the source', () => ({ files: ['dist', 'src'] })],
    [
      'publishConfig: access',
      ({ publishConfig }) => ({
        publishConfig: { ...Object(publishConfig), provenance: false },
      }),
    ],
    [
      'exports["./reader"] is to be',
      ({ exports, publishConfig }) => ({
        exports: {
          ...exports,
          './reader': { types: './dist/reader.d.ts', default: './dist/reader.js' },
        },
        publishConfig,
      }),
    ],
    [
      'without @nanoclaw/source',
      ({ exports, publishConfig }) => ({
        publishConfig: { ...Object(publishConfig), exports },
      }),
    ],
    [
      'exports lack ./package.json',
      ({ exports, publishConfig }) => {
        const without = (all: unknown) =>
          Object.fromEntries(
            Object.entries(Object(all)).filter(([path]) => path !== './package.json'),
          )
        const published = Object(publishConfig) as Manifest
        return {
          exports: without(exports) as Manifest['exports'],
          publishConfig: { ...published, exports: without(published.exports) },
        }
      },
    ],
    ['zod is to be a caret range', () => ({ dependencies: { zod: '4.6.7' } })],
    [
      '@nanoclaw/schema is to be workspace:^',
      () => ({ dependencies: { '@nanoclaw/schema': 'workspace:*' } }),
    ],
    ['uuid is to be an exact version', () => ({ devDependencies: { uuid: '^14.0.3' } })],
    ['drizzle-orm is to be a peer', () => ({ peerDependencies: { 'better-sqlite3': '^13.2.0' } })],
    [
      'better-sqlite3 is a peer, not a dependency',
      () => ({ dependencies: { 'better-sqlite3': '^13.2.0' } }),
    ],
  ])('the rule says: %s', (message, change) => {
    const core = readManifest('packages/core')
    const found = publishViolations('packages/core', { ...core, ...change(core) })
    expect(found).toEqual([expect.stringContaining(message)])
  })
})

describe('a release', () => {
  test('moves every published package to one version', async () => {
    expect(new Set(PUBLISHED.map(({ manifest }) => manifest.version)).size).toBe(1)
    const { changesets, releases: all } = await getReleasePlan(ROOT)
    if (changesets.length === 0) return
    const releases = all.filter(({ type }) => type !== 'none')
    expect(releases.map(({ name }) => name).toSorted()).toEqual(
      PUBLISHED.map(({ name }) => name).toSorted(),
    )
    expect(new Set(releases.map(({ newVersion }) => newVersion)).size).toBe(1)
  })

  test('publishes with provenance, and says nowhere from which registry', () => {
    const workflow = readFileSync(`${ROOT}/.github/workflows/release.yml`, 'utf8')
    expect(workflow).toContain('id-token: write')
    expect(workflow).not.toMatch(/registry|NPM_TOKEN|NODE_AUTH_TOKEN/)
  })
})
