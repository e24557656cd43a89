import { renameSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isBuilt } from '../../scripts/lib/build.mjs'
import { buildStamp, installStamp, writeStamp } from '../../scripts/lib/stamp.mjs'
import { makeClone, write } from './clone.ts'

function cloneWithPackage(): string {
  const base = makeClone()
  write(base, 'packages/core/package.json', '{"scripts":{"build":"tsup"}}')
  write(base, 'packages/core/src/index.ts', 'export const a = 1')
  write(base, 'packages/core/src/b/c.ts', 'export const c = 1')
  return base
}

test.each([
  [
    'a source changes',
    (b: string) => write(b, 'packages/core/src/index.ts', 'export const a = 12'),
  ],
  ['only its time changes', (b: string) => utimesSync(join(b, 'packages/core/src/b/c.ts'), 1, 1)],
  ['a source is added', (b: string) => write(b, 'packages/core/src/new.ts', '')],
  ['a source is removed', (b: string) => rmSync(join(b, 'packages/core/src/b/c.ts'))],
  [
    'a source is renamed',
    (b: string) => renameSync(join(b, 'packages/core/src/b'), join(b, 'packages/core/src/d')),
  ],
  ['the build’s settings change', (b: string) => write(b, 'packages/core/tsup.config.ts', '')],
  ['the dependencies change', (b: string) => write(b, 'pnpm-lock.yaml', 'other')],
])('a build is due when %s', (_, change) => {
  const base = cloneWithPackage()
  const before = buildStamp(base)
  expect(buildStamp(base)).toBe(before)
  change(base)
  expect(buildStamp(base)).not.toBe(before)
})

test('tests, built files and what is installed do not make a build due', () => {
  const base = cloneWithPackage()
  const before = buildStamp(base)
  for (const folder of ['test', 'dist', 'node_modules']) {
    write(base, `packages/core/${folder}/a.ts`, '')
  }
  expect(buildStamp(base)).toBe(before)
})

test('an installation is due when any package.json changes, and not for a source', () => {
  const base = cloneWithPackage()
  const before = installStamp(base)
  write(base, 'packages/core/src/index.ts', 'export const a = 3')
  expect(installStamp(base)).toBe(before)
  write(base, 'packages/core/package.json', '{"scripts":{"build":"tsup"},"dependencies":{}}')
  expect(installStamp(base)).not.toBe(before)
})

test('a full build serves for running too, but not the other way round, and only while it is there', () => {
  const base = cloneWithPackage()
  write(base, 'packages/core/dist/index.js', '')
  writeStamp(base, 'build-js.stamp', buildStamp(base))
  expect([isBuilt(base, 'js'), isBuilt(base, 'full')]).toEqual([true, false])
  writeStamp(base, 'build-full.stamp', buildStamp(base))
  writeStamp(base, 'build-js.stamp', 'old')
  expect([isBuilt(base, 'js'), isBuilt(base, 'full')]).toEqual([true, true])
  rmSync(join(base, 'packages/core/dist'), { recursive: true })
  expect(isBuilt(base, 'js')).toBe(false)
})
