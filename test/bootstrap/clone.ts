import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url))

/** A small clone with the real scripts and a daemon that is one file of plain JavaScript. */
export function makeClone(mainJs = ''): string {
  const base = mkdtempSync(join(tmpdir(), 'nanoclaw-clone-'))
  onTestFinished(() => rmSync(base, { recursive: true, force: true }))
  cpSync(SCRIPTS, join(base, 'scripts'), { recursive: true })
  write(base, 'package.json', '{"type":"module","packageManager":"pnpm@10.34.9"}')
  write(base, 'pnpm-lock.yaml', 'lockfileVersion: 9')
  write(base, 'apps/daemon/package.json', '{"type":"module"}')
  write(base, 'apps/daemon/dist/main.js', mainJs)
  return base
}

/** Writes a file of the clone, and the folders above it. */
export function write(base: string, file: string, text: string): void {
  mkdirSync(dirname(join(base, file)), { recursive: true })
  writeFileSync(join(base, file), text)
}

/** How a program ended and what it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs. */
export interface Running {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** Resolves when it has printed the text on its standard output. */
  printed(text: string): Promise<void>
}

/** Runs a script of the clone with the Node of the tests. */
export function run(
  base: string,
  args: readonly string[],
  options: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Running {
  const child = spawn(process.execPath, args, {
    cwd: base,
    env: { ...process.env, ...options.env },
  })
  let stdout = ''
  let stderr = ''
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  if (options.input !== undefined) child.stdin.end(options.input)
  return {
    pid: child.pid ?? 0,
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) resolve()
        }
        child.stdout.on('data', look)
        child.on('close', () => reject(new Error(`ended before it printed ${text}: ${stderr}`)))
        look()
      }),
  }
}
