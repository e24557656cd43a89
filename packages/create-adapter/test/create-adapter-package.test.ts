import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAdapterPackage } from '../src/index.ts'
import { run, typeCheck } from './support/run.ts'

const packages = join(import.meta.dirname, '../..')
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nc-create-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

it('writes a package of that name, with nothing of the template’s own left in it', async () => {
  const made = join(folder, 'made')
  const { packageName, files } = await createAdapterPackage({ name: 'rocket-chat', folder: made })
  expect(packageName).toBe('nanoclaw-adapter-rocket-chat')
  expect(files).toContain('.gitignore')
  expect(files).toContain(join('src', 'rocket-chat-api.ts'))
  expect(files.filter((path) => /node_modules|dist/.test(path))).toEqual([])
  for (const path of files) {
    const text = await readFile(join(made, path), 'utf8')
    expect(`${path} ${text}`.toLowerCase()).not.toContain('parrot')
  }
})

it('asks for our own packages in the version that it has itself', async () => {
  await createAdapterPackage({ name: 'zulip', folder })
  const [made, own] = await Promise.all(
    [join(folder, 'package.json'), join(packages, 'create-adapter/package.json')].map(readJson),
  )
  const range = `^${own?.version}`
  expect(made).toMatchObject({
    name: 'nanoclaw-adapter-zulip',
    peerDependencies: { '@nanoclaw/adapters': range },
    devDependencies: { '@nanoclaw/adapters': range },
  })
  expect(made).not.toHaveProperty('private')
})

it.each(['test', 'build', 'play', 'prepack'])(
  'writes each script once for a platform called %s',
  async (name) => {
    await createAdapterPackage({ name, folder })
    const text = await readFile(join(folder, 'package.json'), 'utf8')
    const block = /"scripts": \{([^}]*)\}/.exec(text)?.[1] ?? ''
    const scripts = [...block.matchAll(/"([^"]+)":/g)].map(([, script]) => script)
    expect(scripts).toEqual(['build', 'test', 'play', 'prepack'])
  },
)

it('writes a package that passes its type check, whatever its name is made of', async () => {
  await createAdapterPackage({ name: '@ann/rocket-chat', folder })
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@nanoclaw'), { recursive: true })
  await symlink(join(packages, 'adapters'), join(modules, '@nanoclaw/adapters'))
  await symlink(join(packages, 'create-adapter/node_modules/zod'), join(modules, 'zod'))
  await symlink(join(packages, '../node_modules/@types'), join(modules, '@types'))
  expect(await typeCheck(folder)).toBe('')
})

it('writes into no folder that has something in it', async () => {
  await writeFile(join(folder, 'precious'), 'x')
  await expect(createAdapterPackage({ name: 'zulip', folder })).rejects.toThrow(
    `${folder} is not empty; choose another folder with --folder`,
  )
  expect(await readdir(folder)).toEqual(['precious'])
})

it('as a command tells the next steps, and what it does not understand', async () => {
  const main = join(packages, 'create-adapter/src/main.ts')
  const command = (...args: string[]) => run([main, ...args], { cwd: folder })
  expect(await command('zulip')).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('cd nanoclaw-adapter-zulip\n  npm install\n  npm test\n'),
  })
  expect(await command('zulip')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^create-adapter: .* is not empty; .*\n$/),
  })
  expect(await command('Zulip!')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^create-adapter: expected the name of a platform, .*\n$/),
  })
  for (const args of [[], ['a', 'b'], ['--colour']]) {
    const { code, stderr } = await command(...args)
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^create-adapter: .*; see --help\n$/)])
  }
  expect((await command('--help')).stdout).toContain('npm create @nanoclaw/adapter@latest NAME')
})

async function readJson(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path, 'utf8'))
}
