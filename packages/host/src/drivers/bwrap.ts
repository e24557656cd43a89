import path from 'node:path'
import { NanoclawError } from '@nanoclaw/schema'
import { unlessAborted } from '../deadline.ts'
import { inside, isolationOptions, mountOptions } from './bwrap-arguments.ts'
import { bwrapCommand, type BwrapDriverOptions, sandboxUser } from './bwrap-command.ts'
import { checkReadable, prepareFolders } from './bwrap-folders.ts'
import { launchBwrap } from './bwrap-launch.ts'
import { probeBwrap } from './bwrap-probe.ts'
import { findUnrecorded, labelEnvironment } from './labelled-processes.ts'
import type { Container, ContainerInfo, ContainerSpec, ProbeResult, SessionDriver } from './port.ts'
import type { DriverDeps } from './process.ts'
import { createContainerRecords, endProcesses } from './records.ts'
import { checkSpec, containerEnvironment, nodeArguments } from './spec.ts'

export type { BwrapDriverOptions } from './bwrap-command.ts'

/** What is known of a container whose daemon was killed before it had recorded it. */
const nameless = { driver: 'bwrap', installId: '', sessionId: 'unrecorded', epoch: 0 }

/**
 * The driver that needs no container engine: a bubblewrap sandbox with no network, no
 * capabilities, an environment made from nothing, and of the disk only `/usr`, the runner and the
 * session's folders. Everything in it dies with the daemon's process. It sets no limits on memory,
 * processors or processes: bubblewrap has none.
 *
 * As root there is no user namespace and the runner becomes `uid`; as an ordinary user the runner
 * keeps the daemon's uid in a user namespace of its own.
 *
 * @throws NanoclawError `bad-option` for a `uid` or `gid` that cannot be.
 */
export function createBwrapDriver(
  deps: DriverDeps,
  options: BwrapDriverOptions = {},
): SessionDriver & AsyncDisposable {
  const user = sandboxUser(options)
  const records = createContainerRecords(deps.runFolder)
  const running = new Set<Container>()
  let userNamespacesOff: boolean | undefined

  const unrecorded = async () => findUnrecorded(deps.runFolder, await records.pids())

  const probe = async (signal?: AbortSignal): Promise<ProbeResult> => {
    let first: ProbeResult | undefined
    // Forbidding further user namespaces needs bubblewrap 0.8; the sandbox holds without, too.
    for (const off of user ? [false] : [true, false]) {
      const result = await probeBwrap(options, user, off, deps.runFolder, signal)
      first ??= result
      if (!result.ok) continue
      userNamespacesOff = off
      return result
    }
    return first ?? { ok: true }
  }

  async function start(spec: ContainerSpec, signal?: AbortSignal): Promise<Container> {
    checkSpec(spec)
    signal?.throwIfAborted()
    if (userNamespacesOff === undefined) {
      const result = await probe(signal)
      signal?.throwIfAborted()
      if (!result.ok) {
        throw new NanoclawError('driver-unavailable', `${result.reason}. ${result.remedy}`)
      }
    }
    const entry = path.posix.join(inside.runner, spec.runner.entry)
    // Side by side, for a message waits: only what follows needs them all.
    const [command, mounts] = await Promise.all([
      bwrapCommand(options, user, nodeArguments(spec.runner, entry)),
      mountOptions(spec),
      checkReadable(spec.runner, user),
      prepareFolders(spec.folders, user),
    ])
    const environment = containerEnvironment(spec, { ...inside, home: inside.agent })
    const sandbox = [...isolationOptions(user, userNamespacesOff === true, environment), ...mounts]
    return launchBwrap(spec, command, sandbox, {
      records,
      running,
      label: labelEnvironment(deps.runFolder),
      signal,
    })
  }

  const list = async (): Promise<readonly ContainerInfo[]> => {
    const recorded = await records.list()
    const others = (await unrecorded()).map(({ pid }) => ({ ...nameless, pid }))
    return [...recorded, ...others]
  }

  const end = async (info: ContainerInfo): Promise<void> => {
    if (info.sessionId !== nameless.sessionId) return records.end(info)
    // All of them: one that was ended may have started another since it was listed.
    for (let left = await unrecorded(); left.length > 0; left = await unrecorded()) {
      await endProcesses(left, info)
    }
  }

  const stop = async (): Promise<void> => {
    await Promise.all([...running].map((container) => container.kill()))
  }

  return {
    name: 'bwrap',
    capabilities: { sharedKernel: true, isolation: 'sandbox' },
    probe,
    start,
    list: (signal) => unlessAborted(list(), signal),
    async end(info, signal) {
      signal?.throwIfAborted()
      await unlessAborted(end(info), signal)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
