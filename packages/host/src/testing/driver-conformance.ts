import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { open, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { isNanoclawError } from '@nanoclaw/schema'
import { isolationCases } from './driver-isolation.ts'
import {
  type MakeDriver,
  type Running,
  within,
  withWorkbench,
  type Workbench,
} from './driver-workbench.ts'

/** One case of a suite; `run` rejects with an assertion error when the driver does not conform. */
export interface ConformanceCase {
  readonly name: string
  readonly run: () => Promise<void>
}

/**
 * What every session driver must do, as cases for any test runner. A driver that declares an
 * isolation other than `none` gets the cases of a hostile runner as well. Needs a Linux or macOS
 * host on which the driver's probe succeeds, and the program `mkfifo`.
 *
 * @param make makes the driver on a run folder; called for every case, with no work of its own.
 */
export function driverConformance(make: MakeDriver): ConformanceCase[] {
  const { isolation } = make({ runFolder: '/nonexistent' }).capabilities
  const all = { ...commonCases, ...(isolation === 'none' ? {} : isolationCases) }
  return Object.entries(all).map(([name, act]) => ({ name, run: () => withWorkbench(make, act) }))
}

const commonCases: Record<string, (bench: Workbench) => Promise<void>> = {
  'its probe succeeds and leaves nothing behind': async ({ driver, home }) => {
    assert.deepEqual(await driver.probe(), { ok: true })
    const left = await promisify(execFile)('find', [path.join(home, 'run'), '-mindepth', '1'])
      .then(({ stdout }) => stdout)
      .catch(() => '')
    assert.equal(left, '')
  },

  'a ring goes in and a ring comes out, many times': async (bench) => {
    const { container, rung } = await bench.run('echo')
    for (let i = 0; i < 100; i++) {
      container.ring()
      await rung()
    }
  },

  'the environment is what was given, and nothing of the host': async (bench) => {
    const spec = await bench.spec('environment')
    const { report } = await bench.start(spec)
    const { env, inboundText, version } = await report()
    assert.ok(typeof env === 'object' && env !== null)
    const found = new Map<string, unknown>(Object.entries(env))
    for (const [name, value] of Object.entries(spec.env)) assert.equal(found.get(name), value)
    const paths = ['SESSION_INBOUND_DB_PATH', 'SESSION_OUTBOUND_DB_PATH', 'SESSION_HEARTBEAT_PATH']
    // PWD and SHLVL are what programs on the way set by themselves.
    const known = new Set([...Object.keys(spec.env), ...paths, 'HOME', 'PATH', 'PWD', 'SHLVL'])
    assert.deepEqual(
      [...found.keys()].filter((name) => !known.has(name)),
      [],
    )
    assert.match(String(found.get('SESSION_INBOUND_DB_PATH')), /\/inbound\/inbound\.db$/)
    assert.match(String(found.get('SESSION_OUTBOUND_DB_PATH')), /\/outbound\/outbound\.db$/)
    assert.match(String(found.get('SESSION_HEARTBEAT_PATH')), /\/outbound\/\.heartbeat$/)
    assert.equal(inboundText, 'from the host')
    assert.equal(version, process.version)
  },

  'works in the agent folder; what it writes is readable by the host': async (bench) => {
    const { report, spec } = await bench.run('environment')
    const { env, cwd } = await report()
    const { agent, outbound } = spec.folders
    assert.equal(await readFile(path.join(agent, 'made-by-runner'), 'utf8'), 'content')
    assert.equal(await readFile(path.join(outbound, 'made-by-runner'), 'utf8'), 'content')
    assert.ok(typeof env === 'object' && env !== null && 'HOME' in env)
    assert.equal(cwd, env.HOME)
  },

  'the end of its input ends it, within the grace time': async (bench) => {
    const { container, said } = await bench.run('echo')
    await said('up')
    await within('stop', container.stop(60_000))
    assert.deepEqual(await container.exited, { code: 0, signal: null })
  },

  'one that does not finish is killed after the grace time': async (bench) => {
    const { container, rung } = await bench.run('deaf')
    await rung()
    await within('stop', container.stop(50))
    assert.deepEqual(await container.exited, { code: null, signal: 'SIGKILL' })
  },

  'exit code and last words come out': async (bench) => {
    const { container, lines } = await bench.run('exit', { code: 75 })
    assert.deepEqual(await within('exit', container.exited), { code: 75, signal: null })
    assert.deepEqual(lines, ['last words'])
  },

  'a signal that ended the runner is named': async (bench) => {
    const { container } = await bench.run('suicide')
    assert.deepEqual(await within('exit', container.exited), { code: null, signal: 'SIGKILL' })
  },

  'ring, stop and kill do no harm to one that has ended': async (bench) => {
    const { container } = await bench.run('exit', { code: 0 })
    await within('exit', container.exited)
    container.ring()
    await within('stop', container.stop(1000))
    await within('kill', container.kill())
  },

  'only a line that is exactly `ring` rings; long log lines come cut': async (bench) => {
    const { container, lines, rung, said } = await bench.run('noise')
    let rings = 0
    container.onRing(() => (rings += 1))
    await said('noise is over')
    assert.equal(rings, 0)
    container.ring()
    await rung()
    assert.equal(rings, 1)
    assert.ok(lines.every((line) => line.length <= 8193))
    assert.equal(lines.length, 2)
  },

  'a flood on both outputs costs neither memory nor the host’s loop': async (bench) => {
    const flooding = await bench.run('flood', {}, 'sess-conformance-flood')
    const { container, rung } = await bench.run('echo')
    const before = process.memoryUsage()
    const started = performance.now()
    let rounds = 0
    while (performance.now() - started < 1500) {
      container.ring()
      await rung()
      rounds += 1
    }
    // What is read of a pipe lies in buffers outside the heap; the heap's own garbage varies.
    const grown = process.memoryUsage().external - before.external
    assert.ok(grown < 32 * 2 ** 20, `memory grew by ${grown} bytes`)
    assert.ok(rounds > 100, `only ${rounds} round trips beside the flood`)
    await within('kill of the flood', flooding.container.kill())
  },

  'rings to one that does not read are kept as one': async (bench) => {
    const { container, rung } = await bench.run('deaf')
    await rung()
    const before = process.memoryUsage()
    for (let i = 0; i < 100_000; i++) container.ring()
    const after = process.memoryUsage()
    assert.ok(after.heapUsed + after.external - before.heapUsed - before.external < 16 * 2 ** 20)
  },

  'kill ends the other processes of the container too': async (bench) => {
    const { container, fifoEnd } = await runBackground(bench)
    await within('kill', container.kill())
    await fifoEnd()
  },

  'the end of the runner ends the other processes of the container': async (bench) => {
    const { container, fifoEnd } = await runBackground(bench)
    container.ring()
    assert.equal((await within('exit', container.exited)).code, 0)
    await fifoEnd()
  },

  'lists what lives; the next daemon lists it too and ends it': async (bench) => {
    const { container, rung } = await bench.run('deaf')
    await rung()
    const next = bench.again()
    const [info, ...others] = await next.list()
    assert.ok(info)
    assert.deepEqual(others, [])
    assert.equal(info.installId, 'inst-conformance')
    assert.equal(info.sessionId, container.sessionId)
    assert.equal(info.epoch, container.epoch)
    assert.deepEqual(await bench.driver.list(), [info])
    await within('end', next.end(info))
    assert.equal((await within('exit', container.exited)).signal, 'SIGKILL')
    assert.deepEqual(await next.list(), [])
    await next.end(info)
  },

  'forgets what has ended': async (bench) => {
    const { container } = await bench.run('exit', { code: 0 })
    await within('exit', container.exited)
    assert.deepEqual(await bench.driver.list(), [])
  },

  'stop ends everything it has started': async (bench) => {
    const first = await bench.run('deaf', {}, 'sess-conformance-a')
    const second = await bench.run('deaf', {}, 'sess-conformance-b')
    await within('stop', bench.driver.stop())
    await within('exits', Promise.all([first.container.exited, second.container.exited]))
    assert.deepEqual(await bench.driver.list(), [])
  },

  'refuses what it cannot start, with a clear error': async (bench) => {
    const spec = await bench.spec('echo')
    const node = path.join(bench.home, 'no-such-node')
    await assertRefused(bench, { ...spec, runner: { ...spec.runner, node } })
    await assertRefused(bench, { ...spec, sessionId: '../escape' })
    await assertRefused(bench, { ...spec, env: { 'A=B': 'x' } })
    await assertRefused(bench, { ...spec, folders: { ...spec.folders, agent: 'relative' } })
    await rm(spec.folders.agent, { recursive: true })
    await assertRefused(bench, spec)
    assert.deepEqual(await bench.driver.list(), [])
  },
}

async function assertRefused(bench: Workbench, spec: Parameters<Workbench['start']>[0]) {
  const isClear = (error: unknown) => isNanoclawError(error) && error.message.length > 20
  await assert.rejects(within('start', bench.driver.start(spec)), isClear)
}

async function runBackground(bench: Workbench): Promise<Running & { fifoEnd(): Promise<void> }> {
  const detached = bench.driver.capabilities.isolation !== 'none'
  const spec = await bench.spec('background', { detached })
  const fifo = path.join(spec.folders.outbound, 'fifo')
  await promisify(execFile)('mkfifo', [fifo])
  assert.ok((await stat(fifo)).isFIFO())
  const running = await bench.start(spec)
  // Opening waits for a writer; reading ends when the last writer is gone.
  const file = await within('the other process', open(fifo, 'r'))
  const fifoEnd = async () => {
    const { bytesRead } = await within('its end', file.read(Buffer.alloc(1)))
    assert.equal(bytesRead, 0)
    await file.close()
  }
  return { ...running, fifoEnd }
}
