import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { errorMessage, NanoclawError } from '@nanoclaw/schema'
import type { Container, ContainerExit, ContainerSpec } from './port.ts'
import {
  createLineCutter,
  createRingReader,
  leaveText,
  readWithinBudget,
  ringText,
} from './streams.ts'

/** How long a dead container's pipes are read on for its last words, in milliseconds. */
const lastWordsMs = 250

/** What differs from driver to driver about a container that is a child process. */
export interface ChildHooks {
  /** SIGKILL to all of it. */
  kill(): Promise<void>
  /** Called when the child has exited: waits until all of it is gone. Never rejects. */
  gone(): Promise<void>
  /** Says how it ended, after its last words were read. */
  describe(code: number | null, signal: string | null): ContainerExit
}

/** A child process with its three pipes. */
export type PipedChild = ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable }

/** The child with its pipes, once it has been spawned. @throws NanoclawError `driver-unavailable`. */
export async function spawned(child: ChildProcess, program: string): Promise<PipedChild> {
  try {
    await once(child, 'spawn')
  } catch (cause) {
    const why = `Cannot start ${program}: ${errorMessage(cause)}`
    throw new NanoclawError('driver-unavailable', why, { cause })
  }
  if (!isPiped(child)) {
    throw new NanoclawError('driver-unavailable', `${program} was started without its pipes`)
  }
  return child
}

function isPiped(child: ChildProcess): child is PipedChild {
  return child.stdin !== null && child.stdout !== null && child.stderr !== null
}

/** Wires doorbell, log and end of a spawned child into a {@link Container}. */
export function createChildContainer(
  child: PipedChild,
  spec: Pick<ContainerSpec, 'sessionId' | 'epoch' | 'log'>,
  hooks: ChildHooks,
): Container {
  const listeners: (() => void)[] = []
  let early = false
  const bell = createRingReader(() => {
    if (listeners.length === 0) early = true
    for (const listener of listeners) listener()
  })
  const lines = createLineCutter(spec.log)
  const stopReading = [
    readWithinBudget(child.stdout, bell),
    readWithinBudget(child.stderr, (chunk) => lines.push(chunk)),
  ]
  // EPIPE: it has closed its end; its exit is what counts.
  child.stdin.on('error', () => undefined)

  const exited = (async (): Promise<ContainerExit> => {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const [code, signal] = await exitOf(child)
    await hooks.gone()
    await atMost(lastWordsMs, closed)
    for (const stop of stopReading) stop()
    lines.end()
    child.stdin.destroy()
    return hooks.describe(code, signal)
  })()
  const kill = async () => {
    await hooks.kill()
    await exited
  }
  return {
    sessionId: spec.sessionId,
    epoch: spec.epoch,
    pid: child.pid ?? 0,
    ring() {
      // What is still unread stands for this ring too; so a deaf container costs no memory.
      if (child.stdin.writable && child.stdin.writableLength === 0) child.stdin.write(ringText)
    },
    leave() {
      if (child.stdin.writable) child.stdin.write(leaveText)
    },
    onRing(listener) {
      listeners.push(listener)
      if (early) queueMicrotask(listener)
      early = false
    },
    exited,
    async stop(graceMs) {
      child.stdin.end()
      if (!(await atMost(graceMs, exited))) await kill()
    },
    kill,
  }
}

function exitOf(child: ChildProcess): Promise<[number | null, string | null]> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve([child.exitCode, child.signalCode])
  }
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])))
}

/** Whether it settled within `ms` milliseconds. */
async function atMost(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
