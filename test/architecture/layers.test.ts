import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cycleViolations } from './rules/cycles.ts'
import { layerViolations, manifestViolations, type Manifest } from './rules/layers.ts'
import { everySource, snippet } from './support.ts'
import { ROOT } from './tree.ts'

const EVERY_SOURCE = everySource()

const FOLDERS = ['schema', 'adapters', 'core', 'host', 'container-runtime']

function manifests(): Manifest[] {
  return [...FOLDERS.map((name) => `packages/${name}`), 'apps/daemon'].map((folder) => {
    const text = readFileSync(`${ROOT}/${folder}/package.json`, 'utf8')
    const fields = JSON.parse(text) as Record<string, Record<string, string> | undefined>
    return {
      folder,
      dependencies: ['dependencies', 'peerDependencies', 'devDependencies'].flatMap((field) =>
        Object.keys(fields[field] ?? {}),
      ),
    }
  })
}

describe('layers', () => {
  test('every package imports only packages below it', () => {
    expect(layerViolations(EVERY_SOURCE)).toEqual([])
  })

  test('every package declares only packages below it', () => {
    expect(manifestViolations(manifests())).toEqual([])
    expect(
      manifestViolations([{ folder: 'packages/core', dependencies: ['@nanoclaw/host', 'zod'] }]),
    ).toEqual(['packages/core/package.json: may not depend on @nanoclaw/host'])
  })

  test.each([
    ['packages/host/src/a.ts', "import { x } from '@nanoclaw/container-runtime'"],
    ['packages/container-runtime/src/a.ts', "import type { X } from '@nanoclaw/host'"],
    ['packages/container-runtime/test/a.test.ts', "export { x } from '@nanoclaw/core'"],
    ['packages/schema/src/a.ts', "const x = await import('@nanoclaw/core')"],
    ['packages/core/src/a.ts', "type X = import('@nanoclaw/adapters').X"],
    ['packages/adapters/src/a.ts', "import { x } from '@nanoclaw/schema'"],
    ['packages/adapters/src/a.ts', "import { eq } from 'drizzle-orm'"],
    ['packages/adapters/test/a.test.ts', "import Database from 'better-sqlite3'"],
    ['packages/core/src/a.ts', "import { x } from '../../schema/src/index.ts'"],
    ['test/e2e/a.test.ts', "import { x } from '../../packages/core/src/index.ts'"],
    ['apps/daemon/src/a.ts', "import { x } from '@nanoclaw/core/src/a.ts'"],
    ['packages/core/src/a.ts', "import { x } from '@nanoclaw/core'"],
    ['packages/core/src/a.ts', "import { x } from '../../../test/support/a.ts'"],
    ['packages/core/test/a.test.ts', "import { x } from '../../../scripts/lib/say.mjs'"],
  ])('the rule refuses, in %s: %s', (path, text) => {
    expect(layerViolations([snippet(path, text)])).toHaveLength(1)
  })

  test('the rule lets through what points downwards or stays inside', () => {
    const text = "import { x } from '@nanoclaw/core/testing'\nimport { y } from './b/c.ts'"
    expect(layerViolations([snippet('packages/host/src/a.ts', text)])).toEqual([])
    const shared = "import { x } from '../../../test/support/a.ts'"
    expect(layerViolations([snippet('packages/host/test/a.test.ts', shared)])).toEqual([])
  })
})

describe('cycles', () => {
  test('no files import each other in a circle', () => {
    expect(cycleViolations(EVERY_SOURCE)).toEqual([])
  })

  test('the rule finds a circle of three, types included', () => {
    const circle = [
      snippet('packages/x/src/a.ts', "import { b } from './b.ts'"),
      snippet('packages/x/src/b.ts', "import type { c } from './d/c.ts'"),
      snippet('packages/x/src/d/c.ts', "export { a } from '../a.ts'"),
      snippet('packages/x/src/e.ts', "import { a } from './a.ts'"),
    ]
    expect(cycleViolations(circle)).toEqual([
      'packages/x/src/a.ts -> packages/x/src/b.ts -> packages/x/src/d/c.ts -> packages/x/src/a.ts',
    ])
  })
})
