import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { open, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { isNanoclawError, type NanoclawErrorCode } from '@nanoclaw/schema'
import type { ContainerExit, ContainerSpec } from '../drivers/port.ts'
import { type DriverPromise, type Running, type Workbench } from './driver-workbench.ts'

/** How containers end, and who knows of them. */
export const endCases: Readonly<Record<string, DriverPromise>> = {
  'the end of its input ends it, within the grace time': {
    why: 'so a running turn comes to its end when the host stops',
    act: async (bench) => {
      const { container, said } = await bench.run('echo')
      await said('up')
      await bench.within('stop', container.stop(60_000))
      await assertEnd(bench, container.exited, { code: 0, signal: null })
    },
  },

  'one that does not finish is killed after the grace time, also when it is asked twice': {
    why: 'a host that stops waits for no container for ever',
    act: async (bench) => {
      const { container, rung } = await bench.run('deaf')
      await rung()
      await bench.within('stop', Promise.all([container.stop(50), container.stop(50)]))
      await assertEnd(bench, container.exited, { code: null, signal: 'SIGKILL' })
    },
  },

  'exit code and last words come out': {
    why: 'code 75 says that another container took over; last words are all that tells of a crash',
    act: async (bench) => {
      const { container, lines } = await bench.run('exit', { code: 75 })
      await assertEnd(bench, container.exited, { code: 75, signal: null })
      assert.deepEqual(lines, ['last words'], `its last words came as ${JSON.stringify(lines)}`)
    },
  },

  'a signal that ended the runner is named': {
    why: 'the operator is told whether memory, a person or a bug has ended it',
    act: async (bench) => {
      const { container } = await bench.run('suicide')
      await assertEnd(bench, container.exited, { code: null, signal: 'SIGKILL' })
    },
  },

  'ring, stop and kill do no harm to one that has ended': {
    why: 'it can end at any moment, also between a look at it and the ring',
    act: async (bench) => {
      const { container } = await bench.run('exit', { code: 0 })
      await bench.within('exit', container.exited)
      container.ring()
      await bench.within('stop', container.stop(1000))
      await bench.within('kill', container.kill())
    },
  },

  'kill ends the other processes of the container too': {
    why: 'a process that outlives its container goes on with effects that nobody knows of',
    act: async (bench) => {
      const { container, fifoEnd } = await runBackground(bench)
      await bench.within('kill', container.kill())
      await fifoEnd()
    },
  },

  'the end of the runner ends the other processes of the container': {
    why: 'the next container of the session would meet them',
    act: async (bench) => {
      const { container, fifoEnd } = await runBackground(bench)
      container.ring()
      await assertEnd(bench, container.exited, { code: 0, signal: null })
      await fifoEnd()
    },
  },

  'lists what lives; the next daemon lists it too and ends it': {
    why: 'two containers of one session would both answer: after a crash the old one is ended first',
    act: async (bench) => {
      const { container, rung, spec } = await bench.run('deaf')
      await rung()
      const next = bench.again()
      const [info, ...others] = await next.list()
      assert.ok(info, 'the next daemon’s list is empty')
      assert.deepEqual(others, [], 'one container was listed more than once')
      const { installId, sessionId, epoch } = info
      const whose = { installId, sessionId, epoch }
      const { installId: owner, sessionId: session, epoch: start } = spec
      const expected = { installId: owner, sessionId: session, epoch: start }
      assert.deepEqual(whose, expected, `it was listed as ${JSON.stringify(whose)}`)
      assert.equal(container.sessionId, spec.sessionId)
      assert.equal(container.epoch, spec.epoch)
      assert.deepEqual(await bench.driver.list(), [info], 'who started it lists it otherwise')
      await next.end(info)
      assert.equal((await bench.within('exit', container.exited)).signal, 'SIGKILL')
      assert.deepEqual(await next.list(), [], 'it is listed after it was ended')
      await next.end(info)
    },
  },

  'another installation’s containers are not its own': {
    why: 'two daemons on one machine would end each other’s containers when they start',
    act: async (bench) => {
      const { rung } = await bench.run('deaf')
      await rung()
      const other = bench.elsewhere()
      assert.deepEqual(await other.list(), [], 'it lists a container of another run folder')
      await other.stop()
      const alive = (await bench.driver.list()).length
      assert.equal(alive, 1, 'it has ended a container of another run folder')
    },
  },

  'forgets what has ended': {
    why: 'a daemon that starts waits until nothing is listed any more',
    act: async (bench) => {
      const { container } = await bench.run('exit', { code: 0 })
      await bench.within('exit', container.exited)
      assert.deepEqual(await bench.driver.list(), [], 'it lists a container that has ended')
    },
  },

  'stop ends everything it has started': {
    why: 'a host that has stopped leaves nothing running',
    act: async (bench) => {
      const first = await bench.run('deaf', {}, 'sess-conformance-a')
      const second = await bench.run('deaf', {}, 'sess-conformance-b')
      await bench.driver.stop()
      await bench.within('exits', Promise.all([first.container.exited, second.container.exited]))
      assert.deepEqual(await bench.driver.list(), [], 'something lives after stop()')
    },
  },

  'a signal that has aborted ends start, list and end before they do anything': {
    why: 'a host that is stopped in the middle of its start waits for nobody and leaves nothing',
    act: async (bench) => {
      const { container } = await bench.run('deaf', {}, 'sess-conformance-a')
      const [info] = await bench.driver.list()
      assert.ok(info !== undefined, 'a container that runs is not listed')
      const spec = await bench.spec('deaf', {}, 'sess-conformance-b')
      const reason = new Error('stopped meanwhile')
      const signal = AbortSignal.abort(reason)
      const calls = {
        start: () => bench.driver.start(spec, signal),
        list: () => bench.driver.list(signal),
        end: () => bench.driver.end(info, signal),
      }
      for (const [name, call] of Object.entries(calls)) {
        const thrown: unknown = await call().then(String, (error) => error)
        assert.equal(thrown, reason, `${name}() did not reject with the reason of its signal`)
      }
      const left = (await bench.driver.list()).map(({ sessionId }) => sessionId)
      assert.deepEqual(left, ['sess-conformance-a'], 'another container runs than before')
      await bench.within('kill', container.kill())
    },
  },

  'refuses what it cannot start, with a code and a clear sentence': {
    why: 'the operator mends what the sentence names; an id with a path in it would lead elsewhere',
    act: async (bench) => {
      const spec = await bench.spec('echo')
      const node = path.join(bench.home, 'no-such-node')
      await assertRefused(bench, { ...spec, sessionId: '../escape' }, ['bad-option'])
      await assertRefused(bench, { ...spec, env: { 'A=B': 'x' } }, ['bad-option'])
      const relative = { ...spec.folders, agent: 'relative' }
      await assertRefused(bench, { ...spec, folders: relative }, ['bad-option'])
      const unstartable = ['bad-option', 'driver-unavailable', 'io'] as const
      await assertRefused(bench, { ...spec, runner: { ...spec.runner, node } }, unstartable)
      await rm(spec.folders.agent, { recursive: true })
      await assertRefused(bench, spec, unstartable)
      assert.deepEqual(await bench.driver.list(), [], 'something lives of what was refused')
    },
  },
}

async function assertEnd(
  bench: Workbench,
  exited: Promise<ContainerExit>,
  expected: ContainerExit,
): Promise<void> {
  const exit = await bench.within('exit', exited)
  assert.deepEqual(exit, expected, `its end was told as ${JSON.stringify(exit)}`)
}

async function assertRefused(
  bench: Workbench,
  spec: ContainerSpec,
  codes: readonly NanoclawErrorCode[],
): Promise<void> {
  const error: unknown = await bench.driver.start(spec).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error !== undefined, 'start() resolved for what cannot be started')
  const isClear = isNanoclawError(error) && error.message.length > 20
  assert.ok(isClear, `start() rejected with ${String(error)}, which is no NanoclawError`)
  assert.ok(codes.includes(error.code), `start() rejected with the code ${error.code}`)
}

async function runBackground(bench: Workbench): Promise<Running & { fifoEnd(): Promise<void> }> {
  const detached = bench.driver.capabilities.isolation !== 'none'
  const spec = await bench.spec('background', { detached })
  const fifo = path.join(spec.folders.outbound, 'fifo')
  await promisify(execFile)('mkfifo', [fifo])
  assert.ok((await stat(fifo)).isFIFO())
  const running = await bench.start(spec)
  // Opening waits for a writer; reading ends when the last writer is gone.
  const file = await bench.within('the other process', open(fifo, 'r'))
  // A file is closed only when nobody reads it any more.
  const fifoEnd = () =>
    bench.within(
      'the end of the other process',
      file.read(Buffer.alloc(1)).then(() => file.close()),
    )
  return { ...running, fifoEnd }
}
