import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readPackageSpec } from '../../src/channels/package-spec.ts'

let folder = ''

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'nc-spec-')))
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

function makePackage(path: string, name: unknown = '@ann/toy'): string {
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version: '1.0.0' }))
  return path
}

it.each([
  ['nanoclaw-adapter-toy', 'nanoclaw-adapter-toy'],
  ['nanoclaw-adapter-toy@latest', 'nanoclaw-adapter-toy'],
  ['@ann/toy', '@ann/toy'],
  ['@ann/toy@^1.0.0 || 2', '@ann/toy'],
])('%s is the package %s of the registry', async (spec, name) => {
  expect(await readPackageSpec(spec)).toEqual({ name, target: spec, isPath: false })
})

it.each([
  '--prefix=/x',
  '-g',
  'acme/telegram',
  'git@github.com:acme/telegram.git',
  'git+https://example.org/telegram',
  'https://example.org/telegram.tgz',
  'github:acme/telegram',
  'toy@npm:other',
  'toy@github:acme/telegram',
  '@ann',
  '',
])('%j is refused: npm would take it for something else', async (spec) => {
  await expect(readPackageSpec(spec)).rejects.toThrow(
    'nothing is installed from git or from an address',
  )
})

it('takes a folder from the current one on, by the name in its package.json', async () => {
  makePackage(folder)
  makePackage(join(folder, 'with space', 'toy#c'), 'toy-c')
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  for (const spec of ['.', './', 'file:.', `${folder}`, pathToFileURL(folder).href]) {
    expect(await readPackageSpec(spec)).toEqual({ name: '@ann/toy', target: folder, isPath: true })
  }
  const inside = { name: 'toy-c', target: join(folder, 'with space', 'toy#c'), isPath: true }
  expect(await readPackageSpec('./with space/toy#c')).toEqual(inside)
  vi.spyOn(process, 'cwd').mockReturnValue(join(folder, 'with space'))
  expect(await readPackageSpec('..')).toMatchObject({ name: '@ann/toy', target: folder })
})

it('takes a tarball, by the name in the package.json that is in it', async () => {
  const source = makePackage(join(folder, 'package'))
  writeFileSync(join(source, 'before.js'), 'x'.repeat(1_500))
  const tarball = join(folder, 'toy-1.0.0.tgz')
  execFileSync('tar', ['-czf', tarball, '-C', folder, 'package/before.js', 'package/package.json'])
  expect(await readPackageSpec(tarball)).toEqual({
    name: '@ann/toy',
    target: tarball,
    isPath: true,
  })
})

it('says what a path lacks', async () => {
  await expect(readPackageSpec(join(folder, 'gone'))).rejects.toThrow('there is nothing at')
  await expect(readPackageSpec(folder)).rejects.toThrow(`${folder} is no package`)
  writeFileSync(join(folder, 'broken.tgz'), 'no tarball')
  await expect(readPackageSpec(join(folder, 'broken.tgz'))).rejects.toThrow('is no package')
  makePackage(folder, '../toy')
  await expect(readPackageSpec(folder)).rejects.toThrow('has the name "../toy"')
})
