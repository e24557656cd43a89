import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createChildContainer, spawned } from '../../src/drivers/child-container.ts'
import type {
  Container,
  ContainerInfo,
  ContainerSpec,
  SessionDriver,
} from '../../src/drivers/port.ts'
import { createProcessDriver, type DriverDeps } from '../../src/drivers/process.ts'
import { sendKill } from '../../src/drivers/process-identity.ts'
import type { MakeSessionDriver } from '../../src/host.ts'

type Change = (sound: SessionDriver, deps: DriverDeps) => Partial<SessionDriver>

/** The process driver, but for what `change` puts in its place. */
const broken = (change: Change): MakeSessionDriver => {
  return (deps) => {
    const sound = createProcessDriver(deps)
    return { ...sound, ...change(sound, deps) }
  }
}

/** A process driver that is given another spec than it should have got. */
const misled = (mislead: (spec: ContainerSpec) => ContainerSpec): MakeSessionDriver =>
  broken((sound) => ({ start: (spec) => sound.start(mislead(spec)) }))

/** A process driver whose containers differ by what `change` puts in their place. */
const starting = (change: (sound: Container) => Partial<Container>): MakeSessionDriver =>
  broken((sound) => ({
    start: async (spec) => {
      const container = await sound.start(spec)
      return { ...container, ...change(container) }
    },
  }))

/** Knows the runner's process and nothing of those that it has started. */
const knowingOneProcess = broken(() => {
  const started = new Set<number>()
  return {
    start: async (spec) => {
      const { folders, runner } = spec
      const child = await spawned(
        spawn(runner.node, [join(runner.folder, runner.entry)], {
          cwd: folders.agent,
          detached: true,
          stdio: ['pipe', 'pipe', 'pipe'],
          env: {
            ...spec.env,
            SESSION_INBOUND_DB_PATH: join(folders.inbound, 'inbound.db'),
            SESSION_OUTBOUND_DB_PATH: join(folders.outbound, 'outbound.db'),
          },
        }),
        runner.node,
      )
      started.add(child.pid ?? 0)
      return createChildContainer(child, spec, {
        kill: async () => void child.kill('SIGKILL'),
        gone: async () => undefined,
        describe: (code, signal) => ({ code, signal }),
      })
    },
    // After the case: nothing of it may outlive the test.
    stop: async () => started.forEach((pid) => sendKill(-pid)),
  }
})

/** Does nothing when it is told to for the first time; the second time is the end of the case. */
const stoppingLate = broken((sound) => {
  let asked = false
  return {
    stop: async () => {
      if (asked) await sound.stop()
      asked = true
    },
  }
})

const nobody: ContainerInfo = {
  driver: 'process',
  installId: 'inst-conformance',
  sessionId: 'sess-conformance-1',
  epoch: 1,
  pid: 1,
}

/** A driver that breaks each promise, by the name of the case that is meant to catch it. */
export const brokenDrivers: Readonly<Record<string, MakeSessionDriver>> = {
  'its probe succeeds and leaves nothing behind': broken((sound, { runFolder }) => ({
    probe: async () => {
      await mkdir(runFolder, { recursive: true })
      await writeFile(join(runFolder, 'probe.tmp'), '')
      return sound.probe()
    },
  })),
  'a ring goes in and a ring comes out, many times': starting((sound) => {
    let rings = 0
    return { ring: () => ((rings += 1) % 10 === 0 ? undefined : sound.ring()) }
  }),
  'rings from before anybody listened are remembered as one': starting((sound) => ({
    onRing: (listener) => setTimeout(() => sound.onRing(() => [1, 2, 3].forEach(listener)), 50),
  })),
  'the environment is what was given, and nothing of the host': misled((spec) => ({
    ...spec,
    env: { ...spec.env, DAEMON_TOKEN: 'secret' },
  })),
  'works in the agent folder; what it writes is readable by the host': misled((spec) => ({
    ...spec,
    folders: { ...spec.folders, agent: spec.folders.outbound },
  })),
  'only a line that is exactly `ring` rings; long log lines come cut': misled((spec) => ({
    ...spec,
    log: (line) => [line, ''].forEach(spec.log),
  })),
  'a flood on both outputs costs neither memory nor the host’s loop': starting((sound) => ({
    ring: () => {
      const until = performance.now() + 30
      while (performance.now() < until);
      sound.ring()
    },
  })),
  'rings to one that does not read are kept as one': starting((sound) => {
    const queue: Buffer[] = []
    return {
      ring: () => {
        queue.push(Buffer.alloc(512))
        sound.ring()
      },
    }
  }),
  'the end of its input ends it, within the grace time': starting((sound) => ({
    stop: () => sound.kill(),
  })),
  'one that does not finish is killed after the grace time, also when it is asked twice': starting(
    (sound) => ({ stop: (graceMs) => sound.stop(graceMs * 1_000) }),
  ),
  'exit code and last words come out': misled((spec) => ({ ...spec, log: () => undefined })),
  'a signal that ended the runner is named': starting((sound) => ({
    exited: sound.exited.then((exit) => ({ ...exit, code: exit.code ?? 137, signal: null })),
  })),
  'ring, stop and kill do no harm to one that has ended': starting((sound) => {
    let ended = false
    void sound.exited.then(() => (ended = true))
    return {
      ring: () => {
        if (ended) throw new Error('write after end')
        sound.ring()
      },
    }
  }),
  'kill ends the other processes of the container too': knowingOneProcess,
  'the end of the runner ends the other processes of the container': knowingOneProcess,
  'lists what lives; the next daemon lists it too and ends it': broken((sound) => {
    let started = 0
    return {
      start: (spec) => {
        started += 1
        return sound.start(spec)
      },
      list: async () => (started > 0 ? sound.list() : []),
    }
  }),
  'another installation’s containers are not its own': broken(() => ({
    list: async () => [nobody],
  })),
  'forgets what has ended': broken((sound) => {
    const known: ContainerInfo[] = []
    return {
      start: async (spec) => {
        const container = await sound.start(spec)
        known.push({ ...nobody, sessionId: spec.sessionId, epoch: spec.epoch, pid: container.pid })
        return container
      },
      list: async () => known,
    }
  }),
  'stop ends everything it has started': stoppingLate,
  'a signal that has aborted ends start, list and end before they do anything': broken((sound) => ({
    start: (spec) => sound.start(spec),
  })),
  'refuses what it cannot start, with a code and a clear sentence': broken((sound) => ({
    start: (spec) =>
      sound.start(spec).catch((cause: unknown) => {
        throw new Error('it did not work', { cause })
      }),
  })),
}
