import { readdirSync } from 'node:fs'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isNanoclawError } from '@nanoclaw/schema'
import { openDatabase, templateBytes } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import { createCore } from '../../src/index.ts'
import { explainFileError } from '../../src/files/file-errors.ts'
import { freshCore, makeChat, temporaryFolder, wiredPair } from '../home.ts'

async function refusal(home: string): Promise<{ code: string; message: string }> {
  try {
    const core = await createCore({ home })
    await core.close()
  } catch (error) {
    if (!isNanoclawError(error)) throw error
    expect(error.message).not.toMatch(/\n/)
    expect(error.message).toContain(home)
    return error
  }
  throw new Error('the home was opened')
}

test('a home that is missing is made, for its owner alone, and keeps its install id', async () => {
  const home = join(await temporaryFolder(), 'deep', 'home')
  const first = await createCore({ home })
  expect((await stat(home)).mode & 0o777).toBe(0o700)
  expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([])
  await first.close()
  const second = await freshCore({ home })
  expect(second.installId).toBe(first.installId)
  expect(second.installId).toMatch(/^inst-/)
})

test('several who make one home at once agree on it, and two cores in one process work', async () => {
  const home = join(await temporaryFolder(), 'home')
  const cores = await Promise.all(Array.from({ length: 6 }, () => freshCore({ home })))
  expect(new Set(cores.map(({ installId }) => installId)).size).toBe(1)
  const [one, two] = cores
  if (!one || !two) throw new Error('two cores')
  const { agent, chat } = await wiredPair(one)
  expect(await two.agents.get(agent.id)).toEqual(agent)
  const apart = await freshCore()
  expect(apart.installId).not.toBe(one.installId)
  expect(await apart.agents.list()).toEqual([])
  const notified: string[] = []
  two.destinations.onChange((id) => notified.push(id))
  await one.destinations.revoke(agent.id, chat.name)
  expect(notified).toEqual([])
})

test('after close everything says so', async () => {
  const core = await freshCore()
  await core.close()
  await core.close()
  await expect(core.agents.list()).rejects.toMatchObject({ code: 'closed' })
  await expect(makeChat(core, 'x')).rejects.toMatchObject({ code: 'closed' })
})

test('a lock that somebody holds is waited for, off the event loop', async () => {
  const core = await freshCore()
  const other = openDatabase({ path: core.layout.centralDb, kind: 'central' })
  onTestFinished(() => other.close())
  other.sqlite.exec('BEGIN IMMEDIATE')
  const making = core.agents.create({ name: 'Max' })
  setTimeout(() => other.sqlite.exec('COMMIT'), 100)
  expect(await making).toMatchObject({ folder: 'max' })
})

test('a home that cannot be a folder is refused in one sentence', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'file'), 'mine')
  expect(await refusal(join(folder, 'file'))).toMatchObject({ code: 'io' })
  expect(await refusal(join(folder, 'file', 'home'))).toMatchObject({ code: 'io' })
  await mkdir(join(folder, 'home', 'central.db'), { recursive: true })
  expect(await refusal(join(folder, 'home'))).toMatchObject({ code: 'io' })
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('mine')
})

async function damaged(bytes: Uint8Array): Promise<string> {
  const home = await temporaryFolder()
  await writeFile(join(home, 'central.db'), bytes)
  return home
}

function foreign(): Buffer {
  const bytes = templateBytes('central', 'wal')
  // `application_id`, offset 68 of the header: Fossil's.
  bytes.writeUInt32BE(0x0f055112, 68)
  return bytes
}

function brokenIndex(): Buffer {
  const bytes = templateBytes('central', 'wal')
  // The second page is the root of a table: not a b-tree page any more.
  bytes.fill(0xff, 4096, 4096 + 64)
  return bytes
}

function newer(): Buffer {
  const bytes = templateBytes('central', 'wal')
  // `user_version`, offset 60 of the header.
  bytes.writeUInt32BE(999_000, 60)
  return bytes
}

test.each([
  ['text', Buffer.from('not a database, but long enough to be looked at '.repeat(40)), 'corrupt'],
  ['an empty file', Buffer.alloc(0), 'corrupt'],
  ['half a file', templateBytes('central', 'wal').subarray(0, 6000), 'corrupt'],
  ['a broken page', brokenIndex(), 'corrupt'],
  ['somebody else’s database', foreign(), 'corrupt'],
  ['another kind of ours', templateBytes('inbound', 'wal'), 'corrupt'],
  ['a newer schema', newer(), 'newer-schema'],
])('%s instead of central.db is refused in one sentence, untouched', async (_, bytes, code) => {
  const home = await damaged(bytes)
  expect(await refusal(home)).toMatchObject({ code })
  expect(await readFile(join(home, 'central.db'))).toEqual(Buffer.from(bytes))
  // SQLite leaves its side files where it could not check the database in.
  const names = readdirSync(home).filter((name) => !/-(wal|shm)$/.test(name))
  expect(names).toEqual(['central.db'])
})

test('a home that belongs to somebody else keeps its rights', async () => {
  const home = await temporaryFolder()
  await chmod(home, 0o750)
  await freshCore({ home })
  expect((await stat(home)).mode & 0o777).toBe(0o750)
})

test.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EACCES', 'io'],
  ['EROFS', 'io'],
])('%s is explained as %s, with its cause kept', (code, expected) => {
  const cause = Object.assign(new Error(`${code}: somehow`), { code })
  expect(explainFileError(cause, '/srv/central.db')).toMatchObject({ code: expected, cause })
  const other = new TypeError('a mistake')
  expect(explainFileError(other, '/x')).toBe(other)
})
