import { spawn } from 'node:child_process'
import path from 'node:path'
import { unlessAborted } from '../deadline.ts'
import { createChildContainer, spawned } from './child-container.ts'
import type { Container, ContainerSpec, SessionDriver } from './port.ts'
import { type KnownProcess, processIdentity, sendKill } from './process-identity.ts'
import { probeNode } from './probe.ts'
import { createContainerRecords, type ContainerRecord } from './records.ts'
import { checkSpec, containerEnvironment, nodeArguments } from './spec.ts'

/** What the drivers are given from outside. */
export interface DriverDeps {
  /**
   * Absolute path of the folder of this installation for records of running containers; made
   * (mode 0700) when needed. `createHost` gives `run/containers` of the core's home.
   */
  readonly runFolder: string
}

/**
 * The driver without isolation: a plain child process with all rights of the daemon and the
 * host's paths. For agents that run no model, for development, and where the operator has asked
 * for it in so many words. Each container leads a process group, which is killed with it.
 */
export function createProcessDriver(deps: DriverDeps): SessionDriver & AsyncDisposable {
  const records = createContainerRecords(deps.runFolder)
  const running = new Set<Container>()

  async function start(spec: ContainerSpec, signal?: AbortSignal): Promise<Container> {
    checkSpec(spec)
    signal?.throwIfAborted()
    const { folders, runner } = spec
    const child = await spawned(
      spawn(runner.node, nodeArguments(runner, path.join(runner.folder, runner.entry)), {
        cwd: folders.agent,
        detached: true,
        env: containerEnvironment(spec, {
          inbound: folders.inbound,
          outbound: folders.outbound,
          home: folders.agent,
          nodeFolder: path.dirname(runner.node),
        }),
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
      `${runner.node} in ${folders.agent}`,
    )
    const pid = child.pid ?? 0
    const { installId, sessionId, epoch } = spec
    const killGroup = () => sendKill(-pid)
    let known: KnownProcess[] = []
    const record = (): ContainerRecord => {
      return { driver: 'process', installId, sessionId, epoch, pid, processes: known }
    }
    const container = createChildContainer(child, spec, {
      kill: async () => killGroup(),
      gone: async () => {
        killGroup()
        await records.remove(record())
        running.delete(container)
      },
      describe: (code, signal) => ({ code, signal }),
    })
    running.add(container)
    const identity = await processIdentity(pid)
    // No identity: it has ended already, and `exited` tells so.
    if (identity === null) return container
    known = [{ pid, identity, group: true }]
    try {
      await records.add(record())
      signal?.throwIfAborted()
    } catch (error) {
      await container.kill()
      throw error
    }
    return container
  }

  const stop = async (): Promise<void> => {
    await Promise.all([...running].map((container) => container.kill()))
  }

  return {
    name: 'process',
    capabilities: { sharedKernel: true, isolation: 'none' },
    probe: (signal) =>
      probeNode({
        command: process.execPath,
        args: ['-e', 'process.stdout.write("ok")'],
        remedy: 'Reinstall Node; the daemon cannot start a second one.',
        ...(signal ? { signal } : {}),
      }),
    start,
    list: (signal) => unlessAborted(records.list(), signal),
    async end(info, signal) {
      signal?.throwIfAborted()
      await unlessAborted(records.end(info), signal)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
