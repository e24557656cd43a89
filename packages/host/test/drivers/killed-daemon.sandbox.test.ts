import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createBwrapDriver } from '../../src/drivers/bwrap.ts'
import { labelEnvironment } from '../../src/drivers/labelled-processes.ts'
import { createProcessDriver } from '../../src/drivers/process.ts'
import type { MakeSessionDriver } from '../../src/host.ts'
import { withWorkbench, type Workbench } from '../../src/testing/driver-workbench.ts'

const folder = await mkdtemp(path.join(tmpdir(), 'nanoclaw-probe-'))
const probe = await createBwrapDriver({ runFolder: folder }).probe()
await rm(folder, { recursive: true })
const skipped = probe.ok ? '' : ` (SKIPPED, bwrap does not work here: ${probe.reason})`

const makeBwrap: MakeSessionDriver = (deps) => createBwrapDriver(deps)
const makeProcess: MakeSessionDriver = (deps) => createProcessDriver(deps)

/** Starts a daemon of its own with one container, kills it; the FIFO is held inside. */
async function killDaemon(bench: Workbench, detached: boolean) {
  const { log: _, ...spec } = await bench.spec('background', { detached })
  const fifo = path.join(spec.folders.outbound, 'fifo')
  await promisify(execFile)('mkfifo', [fifo])
  const program = path.join(import.meta.dirname, 'fixture-daemon.ts')
  const args = [program, bench.driver.name, path.join(bench.home, 'run'), JSON.stringify(spec)]
  const daemon = spawn(process.execPath, ['--conditions=@nanoclaw/source', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(daemon, 'exit')
  await bench.within('daemon', Promise.race([once(daemon.stdout, 'data'), exited]))
  expect(daemon.exitCode).toBeNull()
  const file = await bench.within('the process inside', open(fifo, 'r'))
  daemon.kill('SIGKILL')
  await exited
  return {
    /** Resolves when nothing inside holds the FIFO any more. */
    async ended() {
      const { bytesRead } = await bench.within('its end', file.read(Buffer.alloc(1)))
      expect(bytesRead).toBe(0)
      await file.close()
    },
  }
}

/** Kills a daemon as soon as it has started such a program, of which there is no record yet. */
async function killDaemonAtStart(bench: Workbench, commandLine: string): Promise<void> {
  const { log: _, ...spec } = await bench.spec('deaf')
  const program = path.join(import.meta.dirname, 'fixture-daemon.ts')
  const args = [program, bench.driver.name, path.join(bench.home, 'run'), JSON.stringify(spec)]
  const daemon = spawn(process.execPath, ['--conditions=@nanoclaw/source', ...args], {
    stdio: 'ignore',
  })
  const exited = once(daemon, 'exit')
  const read = (file: string) => readFile(file, 'utf8').catch(() => '')
  try {
    for (let isThere = false; !isThere;) {
      expect(daemon.exitCode).toBeNull()
      const pids = (await read(`/proc/${daemon.pid}/task/${daemon.pid}/children`)).split(' ')
      const lines = await Promise.all(pids.map((pid) => read(`/proc/${pid}/cmdline`)))
      isThere = lines.some((line) => line.includes('bwrap\0') && line.includes(commandLine))
    }
  } finally {
    daemon.kill('SIGKILL')
    await exited
  }
}

/** How many processes of this machine have the label of a run folder. */
async function labelled(runFolder: string): Promise<number> {
  const [pair] = Object.entries(labelEnvironment(runFolder)).map((entry) => entry.join('='))
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const environs = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')),
  )
  return environs.filter((text) => text.split('\0').includes(pair ?? '')).length
}

describe.skipIf(!probe.ok)(`bwrap under a daemon that is killed${skipped}`, () => {
  test('everything inside ends with the daemon, also what has left its session', async () => {
    await withWorkbench(makeBwrap, async (bench) => {
      const { ended } = await killDaemon(bench, true)
      await ended()
      for (const info of await bench.driver.list()) await bench.driver.end(info)
      expect(await bench.driver.list()).toEqual([])
    })
  }, 60_000)

  test('nothing stays of what a daemon was about to start, be it the probe or a container', async () => {
    await withWorkbench(makeBwrap, async (bench) => {
      for (const program of ['bwrap', 'runner.mjs', 'runner.mjs', 'bwrap', 'runner.mjs']) {
        await killDaemonAtStart(bench, program)
        // What was killed between fork and exec shows its label only a moment later.
        const endedAndLeft = async () => {
          for (const info of await bench.again().list()) await bench.again().end(info)
          return labelled(path.join(bench.home, 'run'))
        }
        await expect.poll(endedAndLeft, { timeout: 10_000 }).toBe(0)
      }
    })
  }, 60_000)
})

describe('process driver under a daemon that is killed', () => {
  test('the next daemon finds the left-over and ends all of it', async () => {
    await withWorkbench(makeProcess, async (bench) => {
      const { ended } = await killDaemon(bench, false)
      const left = await bench.driver.list()
      expect(left.map(({ sessionId }) => sessionId)).toEqual(['sess-conformance-1'])
      for (const info of left) await bench.driver.end(info)
      await ended()
      expect(await bench.driver.list()).toEqual([])
    })
  }, 60_000)
})
