import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The built command; `npm run build` makes it. */
export const command = join(import.meta.dirname, '../../../apps/daemon/dist/main.js')

/** What a run of the command ended with. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A run of the command as a real process. */
export interface Run {
  readonly pid: number
  /** What it has printed so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  write(text: string): void
  endInput(): void
  signal(name: NodeJS.Signals): void
  readonly ended: Promise<Ended>
  /** Resolves when what it has printed on standard output satisfies this; rejects when it ends. */
  until(satisfied: (stdout: string) => boolean, stream?: 'stdout' | 'stderr'): Promise<void>
  readonly child: ChildProcessWithoutNullStreams
}

/** How to run it. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Where it runs. Default: `/`. */
  readonly cwd?: string
  /** Arguments of Node, before the program. */
  readonly node?: readonly string[]
  /** A program and arguments that get the whole command line as theirs. */
  readonly wrapper?: readonly string[]
}

/** A home, and the runs of the command on it. */
export interface TestHome {
  readonly home: string
  /** Starts the command; its input stays open. */
  start(args: readonly string[], options?: RunOptions): Run
  /** Runs the command to its end with this input. */
  run(args: readonly string[], input?: string, options?: RunOptions): Promise<Ended>
  /** Ends whatever still runs, and removes the home. */
  remove(): Promise<void>
}

const runLimitMs = 120_000

/** A short path, so that the socket in it fits. */
function shortTemporaryFolder(): string {
  const folder = tmpdir()
  return folder.length <= 40 ? folder : '/tmp'
}

/** Makes a home that only this test uses. */
export async function temporaryHome(): Promise<TestHome> {
  if (!existsSync(command)) throw new Error(`${command} is not there; run npm run build first`)
  const home = await mkdtemp(join(shortTemporaryFolder(), 'nc-'))
  const runs = new Set<Run>()
  const start: TestHome['start'] = (args, options = {}) => {
    const run = startRun(home, args, options)
    runs.add(run)
    void run.ended.finally(() => runs.delete(run))
    return run
  }
  return {
    home,
    start,
    async run(args, input = '', options = {}) {
      const run = start(args, options)
      run.write(input)
      run.endInput()
      return await run.ended
    },
    async remove() {
      for (const run of runs) run.child.kill('SIGKILL')
      await Promise.all([...runs].map((run) => run.ended))
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

function startRun(home: string, args: readonly string[], options: RunOptions): Run {
  const line = [...(options.wrapper ?? []), process.execPath, ...(options.node ?? []), command]
  const [file = process.execPath, ...before] = line
  const child = spawn(file, [...before, ...args], {
    cwd: options.cwd ?? '/',
    // Nothing of the environment of whoever runs the tests.
    env: { PATH: process.env.PATH ?? '', HOME: home, NANOCLAW_HOME: home, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
      for (const listener of listeners) listener()
    })
  }
  // A run that ends early does not take its input.
  child.stdin.on('error', () => undefined)
  const limit = setTimeout(() => child.kill('SIGKILL'), runLimitMs)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(limit)
      resolve({ code, signal, ...said })
    })
  })
  return {
    pid: child.pid ?? 0,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    write: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
    signal: (name) => void child.kill(name),
    ended,
    until: (satisfied, stream = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!satisfied(said[stream])) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        void ended.then(({ code, stderr }) => {
          listeners.delete(look)
          reject(new Error(`it ended (${code}) before: ${stderr}${said.stdout.slice(-500)}`))
        })
        look()
      }),
    child,
  }
}

/** Waits until something holds that no event tells of. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  limitMs = 20_000,
): Promise<T> {
  const until = performance.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > until) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** What `start` prints for each line that the scripted agent echoes. */
export function echoes(lines: readonly string[]): string {
  return lines.map((line) => `nano> echo: ${line}\n`).join('')
}
