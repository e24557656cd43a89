import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Readable } from 'node:stream'
import { NanoclawError } from '@nanoclaw/schema'
import { bwrapFd } from './bwrap-arguments.ts'
import { type Command, nulSeparated } from './bwrap-command.ts'
import { readBwrapStatus } from './bwrap-status.ts'
import { createChildContainer, spawned } from './child-container.ts'
import type { Container, ContainerExit, ContainerSpec } from './port.ts'
import { isWritable } from './probe.ts'
import { killKnown, type KnownProcess, processIdentity, untilGone } from './process-identity.ts'
import type { ContainerRecords } from './records.ts'

/** What a launch works with. */
export interface LaunchDeps {
  readonly records: ContainerRecords
  /** Containers that live; one is in it from its spawn to its end. */
  readonly running: Set<Container>
  /** bwrap's own environment; the sandbox gets none of it. */
  readonly label: Readonly<Record<string, string>>
  /** Ends what has been launched when it aborts meanwhile. */
  readonly signal: AbortSignal | undefined
}

/** Spawns bwrap with these options and the command behind them, and keeps its record. */
export async function launchBwrap(
  spec: ContainerSpec,
  command: Command,
  sandbox: readonly string[],
  { records, running, label, signal }: LaunchDeps,
): Promise<Container> {
  const { installId, sessionId, epoch } = spec
  const child = await spawned(
    spawn(command.file, ['--json-status-fd', String(bwrapFd.status), ...command.args], {
      cwd: '/',
      env: label,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    }),
    command.file,
  )
  const [statusPipe, argsPipe] = [child.stdio[bwrapFd.status], child.stdio[bwrapFd.args]]
  const status = readBwrapStatus(statusPipe instanceof Readable ? statusPipe : Readable.from([]))
  if (isWritable(argsPipe)) {
    argsPipe.on('error', () => undefined)
    argsPipe.end(nulSeparated(sandbox))
  }
  let lastLine = ''
  let known: KnownProcess[] = []
  const record = () => {
    return { driver: 'bwrap', installId, sessionId, epoch, pid: child.pid ?? 0, processes: known }
  }
  const log = (line: string) => {
    lastLine = line
    spec.log(line)
  }
  const container = createChildContainer(
    child,
    { ...spec, log },
    {
      kill: async () => {
        await Promise.all(known.map(killKnown))
        child.kill('SIGKILL')
      },
      // bwrap ends with the runner; the container's first process takes the others with it.
      gone: async () => {
        await untilGone(known)
        await records.remove(record())
        running.delete(container)
      },
      describe: (code, signal) => bwrapExit(code, signal, status.reached(), lastLine),
    },
  )
  running.add(container)
  known = await knownProcesses([await status.childPid, child.pid ?? null])
  if ((await status.childPid) === null) {
    const { setupFailure } = await container.exited
    const why = setupFailure ?? 'it ended before it began'
    throw new NanoclawError('driver-unavailable', `${command.file} made no container: ${why}`)
  }
  try {
    await records.add(record())
    signal?.throwIfAborted()
  } catch (error) {
    await container.kill()
    throw error
  }
  return container
}

async function knownProcesses(pids: readonly (number | null)[]): Promise<KnownProcess[]> {
  const known: KnownProcess[] = []
  for (const pid of pids) {
    const identity = pid === null ? null : await processIdentity(pid)
    if (pid !== null && identity !== null) known.push({ pid, identity, group: false })
  }
  return known
}

/** bwrap tells a signal of the runner as 128 + its number, like a shell. */
function bwrapExit(
  code: number | null,
  signal: string | null,
  reached: boolean,
  lastLine: string,
): ContainerExit {
  // 126 and 127 come from setpriv, when it cannot execute node.
  if (signal === null && (!reached || code === 126 || code === 127)) {
    const setupFailure = lastLine === '' ? 'no reason was given' : lastLine
    return { code, signal, setupFailure }
  }
  const byNumber = Object.entries(constants.signals).find(([, number]) => number + 128 === code)
  return byNumber ? { code: null, signal: byNumber[0] } : { code, signal }
}
