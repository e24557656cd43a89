import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBwrapDriver } from '../../src/drivers/bwrap.ts'
import { labelEnvironment } from '../../src/drivers/labelled-processes.ts'
import {
  type KnownProcess,
  killKnown,
  processIdentity,
} from '../../src/drivers/process-identity.ts'

let folder: string
let started: KnownProcess[]

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nanoclaw-unrecorded-'))
  started = []
})

afterEach(async () => {
  await Promise.all(started.map(killKnown))
  await rm(folder, { recursive: true, force: true })
})

/** A process that nobody waits for: its parent has ended, as a killed daemon has. */
async function orphan(runFolder: string): Promise<number> {
  const env = labelEnvironment(runFolder)
  const script = 'sleep 300 >/dev/null 2>&1 & echo $!'
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', script], { env })
  const pid = Number(stdout)
  started.push({ pid, identity: (await processIdentity(pid)) ?? '', group: false })
  return pid
}

test('what a killed daemon had not recorded yet is found and ended; another home’s is not', async () => {
  const runFolder = path.join(folder, 'run')
  const mine = await orphan(runFolder)
  const other = await orphan(path.join(folder, 'other-run'))
  const driver = createBwrapDriver({ runFolder })
  const left = await driver.list()
  expect(left.map(({ pid, driver: name }) => ({ pid, name }))).toEqual([
    { pid: mine, name: 'bwrap' },
  ])
  for (const info of left) await driver.end(info)
  expect(await processIdentity(mine)).toBeNull()
  expect(await processIdentity(other)).not.toBeNull()
  expect(await driver.list()).toEqual([])
})

test('what this daemon is starting right now is not taken for a left-over', async () => {
  const runFolder = path.join(folder, 'run')
  const child = spawn('sleep', ['300'], { env: labelEnvironment(runFolder), stdio: 'ignore' })
  await once(child, 'spawn')
  expect(await createBwrapDriver({ runFolder }).list()).toEqual([])
  child.kill('SIGKILL')
  await once(child, 'exit')
})

test('a label tells nothing of the folder', () => {
  const [label] = Object.values(labelEnvironment('/srv/secret-place/run'))
  expect(label).toMatch(/^[0-9a-f]{32}$/)
})
