import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createRingReader, createRingWriter, type RingWriter } from './ring-line.ts'
import type { Container, ContainerExit, ContainerSpec, SessionDriver } from '@nanoclaw/host'

/** What a group is told over its channel; rings go over its pipes, `<number>\n` each way. */
export type GroupOrder =
  | {
      readonly order: 'start'
      readonly number: number
      readonly env: Readonly<Record<string, string>>
      readonly agentFolder: string
    }
  | { readonly order: 'finish'; readonly number: number }

/** What a group says over its channel. */
export type GroupWord = { readonly ended: number; readonly code: number }

interface Group {
  readonly child: ChildProcess
  readonly bells: RingWriter
  readonly members: Map<number, { rang(): void; ended(exit: ContainerExit): void }>
}

function startGroup(): Group {
  const child = fork(fileURLToPath(new URL('./grouped-child.ts', import.meta.url)), {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
  })
  const members: Group['members'] = new Map()
  child.stdout?.setEncoding('utf8').on(
    'data',
    createRingReader((number) => members.get(number)?.rang()),
  )
  child.on('message', ({ ended, code }: GroupWord) => {
    members.get(ended)?.ended({ code, signal: null })
    members.delete(ended)
  })
  child.once('exit', (code, signal) => {
    for (const member of members.values()) member.ended({ code, signal })
    members.clear()
  })
  // It has gone: its end is what counts.
  child.stdin?.on('error', () => undefined)
  const bells = createRingWriter((text) => void child.stdin?.write(text))
  return { child, bells, members }
}

/**
 * A driver for benchmarks alone: the runners of many sessions share a few processes, so that what is
 * measured is the host, not how many processes a machine can hold. Each runner is the real one, on the
 * session's real files; only its process and its pipes are shared.
 */
export function createGroupedDriver(processes: number): SessionDriver {
  const groups: Group[] = []
  let started = 0

  function join(group: Group, number: number, spec: ContainerSpec): Container {
    const { child, bells, members } = group
    const { promise: exited, resolve } = Promise.withResolvers<ContainerExit>()
    const listeners: (() => void)[] = []
    let early = false
    members.set(number, {
      rang() {
        early ||= listeners.length === 0
        for (const listener of listeners) listener()
      },
      ended: resolve,
    })
    const finish = async (): Promise<void> => {
      if (child.connected) child.send({ order: 'finish', number } satisfies GroupOrder)
      await exited
    }
    return {
      sessionId: spec.sessionId,
      epoch: spec.epoch,
      pid: child.pid ?? 0,
      ring: () => bells.ring(number),
      onRing(listener) {
        listeners.push(listener)
        if (early) queueMicrotask(listener)
        early = false
      },
      exited,
      stop: finish,
      kill: finish,
    }
  }

  return {
    name: 'grouped',
    capabilities: { sharedKernel: true, isolation: 'none' },
    probe: async () => ({ ok: true }),
    list: async () => [],
    end: async () => undefined,
    async start(spec) {
      const number = started
      started += 1
      const group = (groups[number % processes] ??= startGroup())
      const container = join(group, number, spec)
      const { folders } = spec
      const env = {
        ...spec.env,
        SESSION_INBOUND_DB_PATH: `${folders.inbound}/inbound.db`,
        SESSION_OUTBOUND_DB_PATH: `${folders.outbound}/outbound.db`,
        SESSION_HEARTBEAT_PATH: `${folders.outbound}/.heartbeat`,
      }
      const order: GroupOrder = { order: 'start', number, env, agentFolder: folders.agent }
      group.child.send(order)
      return container
    },
    async stop() {
      for (const { child } of groups.splice(0)) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const gone = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGKILL')
        await gone
      }
    },
  }
}
