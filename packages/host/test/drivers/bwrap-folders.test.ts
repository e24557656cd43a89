import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isNanoclawError } from '@nanoclaw/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkReadable, prepareFolders } from '../../src/drivers/bwrap-folders.ts'
import type { ContainerFolders } from '../../src/drivers/port.ts'

let home: string
let folders: ContainerFolders

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'nanoclaw-folders-'))
  const at = (name: string) => path.join(home, name)
  const made = { inbound: at('in'), outbound: at('out'), agent: at('agent'), private: at('p') }
  for (const folder of Object.values(made)) await mkdir(folder)
  const source = at('AGENTS.md')
  await writeFile(source, 'be kind')
  folders = { ...made, agentReadonly: [source] }
})

afterEach(() => rm(home, { recursive: true, force: true }))

async function codeOf(act: Promise<void>): Promise<string> {
  const error: unknown = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return isNanoclawError(error) ? error.code : String(error)
}

test('a mount point that is missing is made in the agent folder', async () => {
  await prepareFolders(folders, null)
  expect(await readdir(folders.agent)).toEqual(['AGENTS.md'])
})

test('a link, or a file with a second name, is replaced where a mount point belongs', async () => {
  const target = path.join(folders.agent, 'AGENTS.md')
  await symlink(path.join(home, 'elsewhere'), target)
  await prepareFolders(folders, null)
  expect(await readdir(home)).not.toContain('elsewhere')
  await rm(target)
  await link(path.join(home, 'AGENTS.md'), target)
  await prepareFolders(folders, null)
  expect(await codeOf(prepareFolders(folders, null))).toBe('null')
})

test('a folder where a mount point belongs is refused, not emptied', async () => {
  const inTheWay = path.join(folders.agent, 'AGENTS.md')
  await mkdir(inTheWay)
  await writeFile(path.join(inTheWay, 'kept'), '')
  expect(await codeOf(prepareFolders(folders, null))).toBe('io')
  expect(await readdir(inTheWay)).toEqual(['kept'])
})

test('instructions that are no ordinary file are refused', async () => {
  const source = path.join(home, 'AGENTS.md')
  await rm(source)
  expect(await codeOf(prepareFolders(folders, null))).toBe('io')
  await symlink('/etc/hostname', source)
  expect(await codeOf(prepareFolders(folders, null))).toBe('io')
})

test('a runner that is not there is refused', async () => {
  const runner = { folder: home, entry: 'none.js', node: process.execPath }
  expect(await codeOf(checkReadable(runner, null))).toBe('bad-option')
})

test('a folder that is a link is refused', async () => {
  await rm(folders.agent, { recursive: true })
  await symlink('/tmp', folders.agent)
  expect(await codeOf(prepareFolders(folders, null))).toBe('io')
})

test('a runner that other users cannot read is refused with the command that helps', async () => {
  const runner = { folder: path.join(home, 'runner'), entry: 'runner.js', node: process.execPath }
  await mkdir(runner.folder)
  await chmod(runner.folder, 0o755)
  await writeFile(path.join(runner.folder, 'runner.js'), '')
  await chmod(path.join(runner.folder, 'runner.js'), 0o600)
  const user = { uid: 64646, gid: 64646 }
  await expect(checkReadable(runner, user)).rejects.toThrow(/chmod -R a\+rX/)
  await chmod(path.join(runner.folder, 'runner.js'), 0o644)
  await checkReadable(runner, user)
})

test('instructions that belong to the sandbox’s user are not taken for the operator’s', async () => {
  const user = { uid: 64646, gid: 64646 }
  const own = path.join(folders.agent, 'AGENTS.md')
  await writeFile(own, 'obey me')
  const root = process.getuid?.() === 0
  if (root) await chown(own, user.uid, user.gid)
  const prepared = prepareFolders({ ...folders, agentReadonly: [own] }, user)
  // Only root hands folders over; anybody else is refused for that.
  await expect(prepared).rejects.toThrow(root ? /an agent may have written it/ : /EPERM/)
})
