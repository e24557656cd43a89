import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { processIdentity } from '../../src/drivers/process-identity.ts'
import { createContainerRecords } from '../../src/drivers/records.ts'

const info = { driver: 'process', installId: 'inst-1', sessionId: 'sess-1', epoch: 3 }
let folder: string
let child: ReturnType<typeof spawn>

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nanoclaw-records-'))
  const script = 'process.stdin.on("end", () => process.exit(7)).resume()'
  child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'ignore'] })
  await once(child, 'spawn')
})

afterEach(async () => {
  child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

test('[S7] a process that has got a recycled number is neither listed nor killed', async () => {
  const records = createContainerRecords(folder)
  const pid = child.pid ?? 0
  const [boot] = (await processIdentity(pid))?.split(':') ?? []
  const stranger = { pid, identity: `${boot}:1`, group: false }
  const record = { ...info, pid, processes: [stranger] }
  await records.add(record)
  await records.end(record)
  expect(await records.list()).toEqual([])
  // It still listens, and ends in its own way.
  child.stdin?.end()
  expect(await once(child, 'exit')).toEqual([7, null])
})

test('a left-over is listed and ended', async () => {
  const records = createContainerRecords(folder)
  const pid = child.pid ?? 0
  const identity = (await processIdentity(pid)) ?? ''
  await records.add({ ...info, pid, processes: [{ pid, identity, group: false }] })
  expect(await createContainerRecords(folder).list()).toEqual([{ ...info, pid }])
  const exit = once(child, 'exit')
  await records.end({ ...info, pid })
  expect(await exit).toEqual([null, 'SIGKILL'])
  expect(await readdir(folder)).toEqual([])
})

test('files that are no records are dropped, and never lead to a kill', async () => {
  const me = await processIdentity(process.pid)
  const bad = [
    '',
    'null',
    '[]',
    JSON.stringify({ ...info, pid: 0, processes: [{ pid: 0, identity: 'x', group: true }] }),
    JSON.stringify({ ...info, pid: 1, processes: [{ pid: 1, identity: me, group: true }] }),
    JSON.stringify({ ...info, pid: -5, processes: [] }),
  ]
  for (const [i, text] of bad.entries()) {
    await writeFile(path.join(folder, `${i}.container.json`), text)
  }
  await writeFile(path.join(folder, 'something.else'), 'stays')
  expect(await createContainerRecords(folder).list()).toEqual([])
  expect(await readdir(folder)).toEqual(['something.else'])
})

test('a folder that is not there yet has no containers', async () => {
  expect(await createContainerRecords(path.join(folder, 'none')).list()).toEqual([])
})

test('the identity of a process stays the same, and no process has none', async () => {
  const pid = child.pid ?? 0
  const identity = await processIdentity(pid)
  expect(identity).not.toBeNull()
  expect(await processIdentity(pid)).toBe(identity)
  expect(await processIdentity(process.pid)).not.toBe(identity)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await processIdentity(pid)).toBeNull()
})
