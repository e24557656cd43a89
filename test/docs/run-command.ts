import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'

/** What a run ended with. */
export interface Ended {
  /** Null: a signal ended it, as after the time limit. */
  readonly code: number | null
  readonly stdout: string
  /** Standard output and standard error, each whole. */
  readonly output: string
}

/** Where and how a command line runs. */
export interface RunOptions {
  readonly cwd: string
  /** Beside `PATH` and what the process itself has. */
  readonly env?: Readonly<Record<string, string>>
}

const limitMs = 120_000

/** Runs a command line in a shell, without input, with the Node that runs us first in its path. */
export async function runCommand(line: string, { cwd, env }: RunOptions): Promise<Ended> {
  const folders = [
    join(cwd, 'node_modules/.bin'),
    dirname(process.execPath),
    process.env.PATH ?? '',
  ]
  const child = spawn('sh', ['-c', line], {
    cwd,
    env: { ...process.env, ...env, PATH: folders.join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what a shell has started holds its output open and outlives it.
    detached: true,
  })
  const limit = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), limitMs)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  try {
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      ended,
    ])
    return { code, stdout, output: `${stdout}${stderr}` }
  } finally {
    clearTimeout(limit)
  }
}
