import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import type { DriverPromise } from './driver-workbench.ts'

/** Cases for drivers that hold a hostile runner. */
export const isolationCases: Readonly<Record<string, DriverPromise>> = {
  '[X5] inbound cannot be written, created in, renamed, unmounted or remounted': {
    why: 'a runner that can write inbound.db can forge what people have said',
    act: async (bench) => {
      const { container, report, rung, spec } = await bench.run('attackInbound')
      await rung()
      // So that it is the mount that holds, whatever the files' modes allow.
      await chmod(spec.folders.inbound, 0o777)
      await chmod(path.join(spec.folders.inbound, 'inbound.db'), 0o666)
      container.ring()
      const outcomes = await report()
      const succeeded = Object.entries(outcomes).filter(([, outcome]) => outcome === 'done')
      assert.deepEqual(succeeded, [], `these worked: ${JSON.stringify(succeeded)}`)
      assert.ok(Object.keys(outcomes).length >= 12)
      const { inbound } = spec.folders
      assert.deepEqual(await readdir(inbound), ['inbound.db'], 'inbound/ holds something else')
      assert.equal(
        await readFile(path.join(inbound, 'inbound.db'), 'utf8'),
        'from the host',
        'inbound.db was changed',
      )
    },
  },

  '[X13] there is no network': {
    why: 'an agent that has been talked into it would send away what it knows',
    act: async (bench) => {
      await withServer(async (port) => {
        const { report } = await bench.run('look', { port, paths: [] })
        const { interfaces, loopback, outside } = await report()
        const onlyLoopback = Array.isArray(interfaces) && interfaces.every((name) => name === 'lo')
        assert.ok(onlyLoopback, `it has the interfaces ${String(interfaces)}`)
        assert.notEqual(loopback, 'connected', 'it reached a server on the host’s loopback')
        assert.notEqual(outside, 'connected', 'it reached an address outside')
        assert.notEqual(outside, 'timeout', 'its packets to an address outside went somewhere')
      })
    },
  },

  '[X12] nothing of the home, of other sessions and of other processes is seen': {
    why: "other sessions are other people's conversations, the home has everybody's",
    act: async (bench) => {
      const other = await bench.run('echo', {}, 'sess-conformance-other')
      const secrets = ['central.db-canary', 'sessions/canary-session', 'agents/canary-agent']
      const paths = secrets.map((name) => path.join(bench.home, name))
      for (const file of paths) await writeFile(file, 'canary')
      const spec = await bench.spec('look', { port: 9, paths: [...paths, bench.home] })
      await writeFile(path.join(spec.folders.private, 'canary-private'), 'canary')
      const inOther = path.join(other.spec.folders.outbound, 'canary-other')
      await writeFile(inOther, 'canary')
      const { report } = await bench.start(spec)
      const seen = await report()
      assert.deepEqual(seen.paths, [], `it sees ${String(seen.paths)}`)
      assert.ok(
        Array.isArray(seen.names) && seen.names.includes('inbound.db'),
        'it sees no inbound.db',
      )
      assert.deepEqual(
        seen.names.filter((name) => String(name).includes('canary')),
        [],
      )
      // The runner, and at most a first process that started it: both name its program.
      assert.ok(
        Array.isArray(seen.commands) && seen.commands.length <= 2,
        `it sees the processes ${String(seen.commands)}`,
      )
      const foreign = seen.commands.filter((command) => !String(command).includes('runner.mjs'))
      assert.deepEqual(foreign, [], `it sees the processes ${foreign.join()}`)
    },
  },

  'has no capabilities, gets no new ones, and is not root': {
    why: 'with them it would be as good as on the host',
    act: async (bench) => {
      const { report } = await bench.run('look', { port: 9, paths: [] })
      const { rights, uid, rootFile, runnerFile, nodeFile, usrFile } = await report()
      assert.ok(Array.isArray(rights))
      const lines = rights.map((line) => String(line).replaceAll(/\s+/g, ' ').trim())
      const sets = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']
      const rightsShown = `its rights are ${lines.join()}`
      for (const set of sets) assert.ok(lines.includes(`${set}: 0000000000000000`), rightsShown)
      assert.ok(lines.includes('NoNewPrivs: 1'), 'it can get new privileges')
      if (process.getuid?.() === 0) assert.ok(lines.includes('Groups:'), rightsShown)
      assert.notEqual(uid, 0, 'it is root')
      for (const outcome of [rootFile, runnerFile, nodeFile, usrFile]) {
        assert.notEqual(outcome, 'done', 'it wrote outside of its folders')
      }
    },
  },

  'inherits no open file of the host beyond the three': {
    why: 'an open file needs no path: the central database would be one write away',
    act: async (bench) => {
      const { report } = await bench.run('look', { port: 9, paths: [] })
      const { descriptors } = await report()
      assert.ok(Array.isArray(descriptors))
      const pipes = descriptors.filter((target) => /^(socket|pipe):/.test(String(target)))
      const files = descriptors.filter((target) => String(target).startsWith('/'))
      // Node's own: event loop wake-ups and the folder being listed.
      const foreign = files.filter((file) => !/^\/(dev\/null|proc\/\d+\/fd)$/.test(String(file)))
      assert.deepEqual(foreign, [], `it has inherited ${foreign.join()}`)
      const sockets = new Set(pipes.filter((target) => String(target).startsWith('socket:')))
      assert.equal(sockets.size, 3, `its sockets are ${[...sockets].join()}`)
    },
  },

  '[X19] instructions over the agent folder can be read, not changed': {
    why: 'an agent that rewrites its own instructions obeys whoever talked to it last',
    act: async (bench) => {
      const spec = await bench.spec('instructions')
      const source = path.join(bench.home, 'AGENTS.md')
      await writeFile(source, 'be kind', { mode: 0o644 })
      const folders = { ...spec.folders, agentReadonly: [source] }
      const { report, container } = await bench.start({ ...spec, folders })
      await assertUnchanged(await report())
      await container.kill()
      const own = path.join(spec.folders.agent, 'AGENTS.md')
      await writeFile(own, 'be kind', { mode: 0o644 })
      const inPlace = { ...spec.folders, agentReadonly: [own] }
      const again = await bench.start({ ...spec, epoch: spec.epoch + 1, folders: inPlace })
      await assertUnchanged(await again.report())
      assert.equal(await readFile(own, 'utf8'), 'be kind', 'the instructions were changed')
    },
  },

  '[X19] a link where the instructions belong leads nowhere': {
    why: 'what makes the mount has all rights, and follows links',
    act: async (bench) => {
      const spec = await bench.spec('instructions')
      const source = path.join(bench.home, 'AGENTS.md')
      const outside = path.join(bench.home, 'outside')
      await writeFile(source, 'be kind', { mode: 0o644 })
      await mkdir(outside)
      // bwrap makes mount points with all rights of the daemon, on a root where the host is here:
      for (const target of [path.join(outside, 'x'), `/oldroot${outside}/x`]) {
        const at = path.join(spec.folders.agent, 'AGENTS.md')
        await rm(at, { force: true })
        await symlink(target, at)
        const folders = { ...spec.folders, agentReadonly: [source] }
        const { report, container } = await bench.start({ ...spec, folders })
        await assertUnchanged(await report())
        await container.kill()
        assert.deepEqual(await readdir(outside), [], 'a file was made where the link leads')
        assert.ok((await lstat(at)).isFile(), 'the link is still there')
      }
    },
  },
}

async function assertUnchanged(outcome: Record<string, unknown>): Promise<void> {
  assert.equal(outcome.text, 'be kind', `it reads ${String(outcome.text)}`)
  const { text: _, ...attempts } = outcome
  assert.ok(Object.keys(attempts).length >= 8)
  const done = Object.entries(attempts).filter(([, result]) => result === 'done')
  assert.deepEqual(done, [], `these worked: ${JSON.stringify(done)}`)
}

async function withServer(act: (port: number) => Promise<void>): Promise<void> {
  const server: Server = createServer((socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    await act(address.port)
  } finally {
    server.close()
  }
}
