import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Container, ContainerSpec } from '../../src/drivers/port.ts'
import type { MakeSessionDriver } from '../../src/host.ts'

/** What the fixture runner says that it found. */
export type Report = Readonly<Record<string, unknown>>

const fails = (names: string): Report =>
  Object.fromEntries(names.split(' ').map((name) => [name, 'EROFS']))

const attack =
  'append create rename replace link remove mode times renameFolder unmount remount userRemount'
const none = '0000000000000000'

const reports: Readonly<Record<string, Report>> = {
  attackInbound: fails(attack),
  instructions: {
    text: 'be kind',
    ...fails('write remove rename replace secondName mode moveFolder unmount'),
  },
  look: {
    interfaces: ['lo'],
    loopback: 'ECONNREFUSED',
    outside: 'ENETUNREACH',
    names: ['inbound.db', 'runner.mjs'],
    paths: [],
    commands: ['node runner.mjs'],
    rights: [
      ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((set) => `${set}:\t${none}`),
      'NoNewPrivs:\t1',
      'Groups:\t',
    ],
    uid: 1000,
    ...fails('rootFile runnerFile nodeFile usrFile'),
    descriptors: ['socket:[1]', 'socket:[2]', 'socket:[3]', '/dev/null'],
  },
}

/** What a played driver does otherwise. */
export interface Play {
  /** Changes what the runner reports. */
  readonly report?: Report
  /** Done when a container starts, as a sandbox's mounts are. */
  mount?(spec: ContainerSpec): Promise<void>
}

/**
 * A driver that declares a sandbox and runs nothing: it reports what a hostile runner would. To try
 * the cases of isolation, which must not be run against a driver that does not isolate.
 */
export function createPlayedDriver({ report = {}, mount }: Play): MakeSessionDriver {
  return () => ({
    name: 'played',
    capabilities: { sharedKernel: true, isolation: 'sandbox' },
    probe: async () => ({ ok: true }),
    start: async (spec) => {
      await mount?.(spec)
      const act = spec.env.FIXTURE ?? ''
      const out = join(spec.folders.outbound, 'report.json')
      const known = reports[act] ?? {}
      await writeFile(`${out}.new`, JSON.stringify({ ...known, ...report }))
      await rename(`${out}.new`, out)
      return playedContainer(spec)
    },
    list: async () => [],
    end: async () => undefined,
    stop: async () => undefined,
  })
}

function playedContainer({ sessionId, epoch }: ContainerSpec): Container {
  const listeners: (() => void)[] = []
  const { promise: exited, resolve } = Promise.withResolvers<{ code: null; signal: string }>()
  const kill = async () => resolve({ code: null, signal: 'SIGKILL' })
  return {
    sessionId,
    epoch,
    pid: 0,
    ring: () => listeners.forEach((listener) => listener()),
    onRing: (listener) => {
      listeners.push(listener)
      queueMicrotask(listener)
    },
    exited,
    stop: kill,
    kill,
  }
}
