import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isBuiltIn, loadDefinition, packageOf } from '../../src/channels/load-definition.ts'
import { adapterSource, installModule } from './packages.ts'

let home = ''
/** A module that was loaded once is remembered by its name. */
let toy = ''
let count = 0

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nc-load-'))
  count += 1
  toy = `toy-${count}`
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

it('loads the export "adapter" of a package in the home', async () => {
  installModule(home, '@ann/toy', adapterSource({ channelType: 'toy' }))
  expect((await loadDefinition('@ann/toy', home)).channelType).toBe('toy')
})

it('loads a module file by its path, from the home on', async () => {
  writeFileSync(join(home, 'mine.mjs'), adapterSource({ channelType: 'mine' }))
  expect((await loadDefinition('./mine.mjs', home)).channelType).toBe('mine')
  expect((await loadDefinition(join(home, 'mine.mjs'), home)).channelType).toBe('mine')
})

it.each(['nanoclaw-adapter-missing', '@ann/missing', '@ann/missing/sub'])(
  'says of %s that it is not installed, and how to install it',
  async (name) => {
    await expect(loadDefinition(name, home)).rejects.toThrow(
      `${name} is not installed; install it with: nanoclaw channels add ${name}`,
    )
  },
)

it('says of a path that no module is there', async () => {
  await expect(loadDefinition('./missing.mjs', home)).rejects.toThrow(
    `expected a module file at ${join(home, 'missing.mjs')}`,
  )
  await expect(loadDefinition('./', home)).rejects.toThrow('expected a module file at')
})

it('says of a package what it needs and does not find, not that itself is missing', async () => {
  installModule(home, toy, `import 'something-else'\n${adapterSource()}`)
  await expect(loadDefinition(toy, home)).rejects.toThrow(
    `${toy} cannot be loaded: Cannot find package 'something-else'`,
  )
})

it.each([
  ['export const Adapter = {}', 'it exports Adapter'],
  ['', 'it exports nothing'],
  ['export const adapter = 1', 'its "adapter" lacks a "channelType"'],
  ["export const adapter = { channelType: 'Toy' }", 'lacks a "channelType" such as'],
  [
    "export const adapter = { channelType: 'toy', options: {} }",
    'lacks "options", a Standard Schema and a function "create"',
  ],
])('refuses a package with %j, and says what it expected', async (source, what) => {
  installModule(home, toy, source)
  const refusal = loadDefinition(toy, home)
  await expect(refusal).rejects.toThrow(`expected ${toy} to export "adapter"`)
  await expect(refusal).rejects.toThrow(what)
})

it('passes on what a package throws when it is loaded', async () => {
  installModule(home, toy, "throw new Error('needs Windows')")
  await expect(loadDefinition(toy, home)).rejects.toThrow(`${toy} cannot be loaded: needs Windows`)
})

it.each(['node:fs', 'data:text/javascript,1', 'Toy', ''])(
  'loads nothing under a name such as %j',
  async (name) => {
    await expect(loadDefinition(name, home)).rejects.toThrow(/cannot be loaded|not installed/)
  },
)

it('knows the package that a name is in, and what the daemon brings itself', () => {
  expect(packageOf('@nanoclaw/adapters/memory')).toBe('@nanoclaw/adapters')
  expect(packageOf('toy')).toBe('toy')
  expect(packageOf('./toy.mjs')).toBeUndefined()
  expect(isBuiltIn('@nanoclaw/adapters/memory')).toBe(true)
  expect(isBuiltIn('nanoclaw-adapter-missing')).toBe(false)
})
