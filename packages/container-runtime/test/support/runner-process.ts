import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ringLine, runnerEnv } from '@nanoclaw/schema'
import { runnerEntry, runnerFolder } from '../../src/index.ts'
import type { SessionFolder } from './session-folder.ts'

/** The built runner as a process of its own. */
export interface RunnerProcess {
  readonly child: ChildProcess
  readonly exited: Promise<{ code: number | null; signal: string | null }>
  readonly log: () => string
  ring(): void
  /** Resolves when `check` holds, asked after every ring; rejects when the runner ends before. */
  until(check: () => boolean): Promise<void>
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>
  /** Hangs up and waits for the end. */
  finish(): Promise<number | null>
}

export function environmentFor(
  session: SessionFolder,
  epoch: number,
): Record<string, string | undefined> {
  return {
    [runnerEnv.inboundDb]: session.inboundDb,
    [runnerEnv.outboundDb]: session.outboundDb,
    [runnerEnv.heartbeat]: session.heartbeat,
    [runnerEnv.provider]: 'scripted',
    [runnerEnv.timezone]: 'Europe/Paris',
    [runnerEnv.assistantName]: 'Ada',
    [runnerEnv.sessionId]: 'sess-00000000-0000-7000-8000-000000000001',
    [runnerEnv.epoch]: String(epoch),
  }
}

export function startRunner(
  session: SessionFolder,
  epoch = 1,
  env: Record<string, string | undefined> = {},
): RunnerProcess {
  const child = spawn(process.execPath, [join(runnerFolder, runnerEntry)], {
    cwd: session.agentFolder,
    env: { ...environmentFor(session, epoch), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let log = ''
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', tell)
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk
    tell()
  })
  const exited = once(child, 'exit').then(([code, signal]) => {
    tell()
    return { code: code as number | null, signal: signal as string | null }
  })
  return {
    child,
    exited,
    log: () => log,
    ring: () => void child.stdin.write(`${ringLine}\n`),
    until: (check) =>
      new Promise((resolve, reject) => {
        // A look now and then beside the rings: claims do not ring.
        const timer = setInterval(look, 5)
        const deadline = setTimeout(() => end(new Error(`never came true; log:\n${log}`)), 15_000)
        function end(error?: Error): void {
          clearInterval(timer)
          clearTimeout(deadline)
          listeners.delete(look)
          if (error === undefined) resolve()
          else reject(error)
        }
        function look(): void {
          if (check()) end()
        }
        listeners.add(look)
        void exited.then(() => {
          look()
          end(new Error(`the runner ended before it came true; log:\n${log}`))
        })
        look()
      }),
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    finish: async () => {
      child.stdin.end()
      return (await exited).code
    },
  }
}
