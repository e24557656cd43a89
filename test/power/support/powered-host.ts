import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FarSide } from './far-side.ts'
import type { PoweredFolder } from './power.ts'
import type { FromHost, ToHost } from './wire.ts'

const program = join(import.meta.dirname, 'host-child.ts')

/** How a host is run. */
export interface HostKind {
  readonly journal: 'wal' | 'delete'
  /** For how long the platform knows a key, in milliseconds; 0: it knows none. */
  readonly windowMs: number
}

/** A host in a process of its own. */
export interface PoweredHost {
  /** True when all is answered; false when the process ended before. */
  readonly quiet: Promise<boolean>
  /** Resolves when the host has ended as it was asked to. */
  stop(): Promise<void>
  /** What it has said on standard error. */
  readonly complaints: () => string
}

/** Starts it on a powered folder, attached to a far side. */
export function startPoweredHost(
  { root, env }: PoweredFolder,
  far: FarSide,
  { journal, windowMs }: HostKind,
): PoweredHost {
  const child = fork(program, [root, journal, String(windowMs)], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', ...env },
    execArgv: ['--conditions=@nanoclaw/source'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaints = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  const ended = once(child, 'exit')
  const send = (message: ToHost): void => {
    if (child.connected) child.send(message, () => undefined)
  }
  const hear = far.attach(send)
  const quiet = new Promise<boolean>((resolve) => {
    void ended.then(() => resolve(false))
    child.on('message', (message: FromHost) => {
      hear(message)
      const news = message.type === 'confirmed' || message.type === 'chat-made'
      if (news && far.isConfirmed()) send({ type: 'await-quiet' })
      if (message.type === 'quiet') resolve(true)
    })
  })
  return {
    quiet,
    complaints: () => complaints,
    async stop() {
      send({ type: 'stop' })
      await ended
    },
  }
}

function processesUnder(control: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`POWER_CONTROL=${control}\0`)
    } catch {
      return false
    }
  })
}

/** Ends every program on a powered folder, as it stands, and resolves when none is left. */
export async function endAll({ control }: PoweredFolder): Promise<void> {
  // Nobody touches the disk from now on, and what was started and not found would end itself.
  control.set('isCut', 1)
  for (let left = processesUnder(control.path); left.length > 0;) {
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has gone by itself.
      }
    }
    await new Promise((resolve) => setImmediate(resolve))
    left = processesUnder(control.path)
  }
}
