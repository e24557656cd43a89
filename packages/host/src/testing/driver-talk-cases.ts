import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { type DriverPromise } from './driver-workbench.ts'

/** What goes into a container and what comes out of it. */
export const talkCases: Readonly<Record<string, DriverPromise>> = {
  'its probe succeeds and leaves nothing behind': {
    why: 'a driver is chosen by its probe; one that is wrong is found out by the first message',
    act: async ({ driver, home }) => {
      assert.deepEqual(await driver.probe(), { ok: true }, 'probe() did not succeed')
      const left = await promisify(execFile)('find', [path.join(home, 'run'), '-mindepth', '1'])
        .then(({ stdout }) => stdout)
        .catch(() => '')
      assert.equal(left, '', `probe() left these behind: ${left}`)
    },
  },

  'a ring goes in and a ring comes out, many times': {
    why: 'by the doorbell a message is noticed at once; without it it waits for the next look',
    act: async (bench) => {
      const { container, rung } = await bench.run('echo')
      for (let i = 0; i < 100; i++) {
        container.ring()
        await rung()
      }
    },
  },

  'rings from before anybody listened are remembered as one': {
    why: 'a runner that is quick rings before the host has come to listen',
    act: async (bench) => {
      const { container, said } = await bench.run('early', {}, undefined, { deaf: true })
      await said('rung')
      const first = Promise.withResolvers<void>()
      let rings = 0
      container.onRing(() => {
        rings += 1
        first.resolve()
      })
      await bench.within('the ring from before', first.promise)
      await new Promise(setImmediate)
      assert.equal(rings, 1, `the three rings from before came as ${rings}`)
    },
  },

  'the environment is what was given, and nothing of the host': {
    why: 'the daemon’s environment holds its secrets, and an agent can print its own',
    act: async (bench) => {
      const spec = await bench.spec('environment')
      const { report } = await bench.start(spec)
      const { env, inboundText, version } = await report()
      assert.ok(typeof env === 'object' && env !== null)
      const found = new Map<string, unknown>(Object.entries(env))
      for (const [name, value] of Object.entries(spec.env)) {
        assert.equal(found.get(name), value, `${name} inside is ${String(found.get(name))}`)
      }
      const session = 'SESSION_INBOUND_DB_PATH SESSION_OUTBOUND_DB_PATH SESSION_HEARTBEAT_PATH'
      // PWD and SHLVL are what programs on the way set by themselves.
      const others = [...session.split(' '), 'HOME', 'PATH', 'PWD', 'SHLVL']
      const known = new Set([...Object.keys(spec.env), ...others])
      const foreign = [...found.keys()].filter((name) => !known.has(name))
      assert.deepEqual(foreign, [], `${foreign.join(', ')} got in beside what was given`)
      assert.match(String(found.get('SESSION_INBOUND_DB_PATH')), /\/inbound\/inbound\.db$/)
      assert.match(String(found.get('SESSION_OUTBOUND_DB_PATH')), /\/outbound\/outbound\.db$/)
      assert.match(String(found.get('SESSION_HEARTBEAT_PATH')), /\/outbound\/\.heartbeat$/)
      assert.equal(inboundText, 'from the host', 'inbound.db inside is not that of the spec')
      assert.equal(version, process.version, `it was run by Node ${String(version)}`)
    },
  },

  'works in the agent folder; what it writes is readable by the host': {
    why: 'what the agent makes there is looked at and sent by the host',
    act: async (bench) => {
      const { report, spec } = await bench.run('environment')
      const { env, cwd } = await report()
      for (const folder of [spec.folders.agent, spec.folders.outbound]) {
        const text = await readFile(path.join(folder, 'made-by-runner'), 'utf8').catch(String)
        assert.equal(text, 'content', `what it wrote in ${path.basename(folder)}/ is not there`)
      }
      assert.ok(typeof env === 'object' && env !== null && 'HOME' in env, 'it has no HOME')
      assert.equal(cwd, env.HOME, `it works in ${String(cwd)}, its HOME is ${String(env.HOME)}`)
    },
  },

  'only a line that is exactly `ring` rings; long log lines come cut': {
    why: 'anything may come out of a container: it must neither wake the host nor fill its memory',
    act: async (bench) => {
      const { container, lines, rung, said } = await bench.run('noise')
      let rings = 0
      container.onRing(() => (rings += 1))
      await said('noise is over')
      assert.equal(rings, 0, `noise rang ${rings} times`)
      container.ring()
      await rung()
      assert.equal(rings, 1, `one ring came as ${rings}`)
      const longest = Math.max(...lines.map((line) => line.length))
      assert.ok(longest <= 8193, `a log line came with ${longest} characters`)
      assert.equal(lines.length, 2, `two lines were logged, ${lines.length} came`)
    },
  },

  'a flood on both outputs costs neither memory nor the host’s loop': {
    why: 'one agent that prints without end would stop all others',
    act: async (bench) => {
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
      assert.ok(rounds > 100, `only ${rounds} round trips were made beside the flood`)
      await bench.within('kill of the flood', flooding.container.kill())
    },
  },

  'rings to one that does not read are kept as one': {
    why: 'a container that hangs would fill the host’s memory with what it does not read',
    act: async (bench) => {
      const { container, rung } = await bench.run('deaf')
      await rung()
      const before = process.memoryUsage()
      for (let i = 0; i < 100_000; i++) container.ring()
      const after = process.memoryUsage()
      const grown = after.heapUsed + after.external - before.heapUsed - before.external
      assert.ok(grown < 16 * 2 ** 20, `100,000 rings took ${grown} bytes`)
    },
  },
}
