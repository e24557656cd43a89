import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { NanoclawError } from '@nanoclaw/schema'
import { z } from 'zod'
import type { PackageSpec } from './package-spec.ts'

/** How a package is installed. */
export interface InstallOptions {
  /** Whether it may run its install scripts. */
  readonly allowScripts: boolean
  /** Ends npm, and what npm has started. */
  readonly signal: AbortSignal
}

/** Before npm gets what it has to end by itself. */
const patienceMs = 3_000

/**
 * Installs a package into a folder.
 * @throws NanoclawError `io` when there is no npm; `bad-option` with npm's own words when it fails;
 *   the signal's reason.
 */
export async function installPackage(
  folder: string,
  { target }: PackageSpec,
  { allowScripts, signal }: InstallOptions,
): Promise<void> {
  await makePackageFolder(folder)
  const scripts = allowScripts ? '--no-ignore-scripts' : '--ignore-scripts'
  await runNpm(folder, ['install', scripts], target, signal)
}

/** Removes a package from a folder, and whatever only it needed. Throws as `installPackage`. */
export async function uninstallPackage(
  folder: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  if (!existsSync(join(folder, 'node_modules', name))) return
  await runNpm(folder, ['uninstall', '--ignore-scripts'], name, signal)
}

/** Without a `package.json` npm would look further up. */
async function makePackageFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest)) return
  const content = { private: true, description: 'Adapters of this NanoClaw: nanoclaw channels' }
  await writeFile(manifest, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
}

const manifestShape = z.looseObject({ dependencies: z.record(z.string(), z.unknown()) })
/** What npm writes when all is in its place. */
const stateShape = z.looseObject({ packages: z.record(z.string(), z.unknown()) })

/** Whether npm has installed this package to the end: what it was kept from finishing is not. */
export async function isInstalledWhole(folder: string, name: string): Promise<boolean> {
  const modules = join(folder, 'node_modules')
  const manifest = manifestShape.safeParse(await readJson(join(folder, 'package.json')))
  const state = stateShape.safeParse(await readJson(join(modules, '.package-lock.json')))
  return (
    Object.hasOwn(manifest.data?.dependencies ?? {}, name) &&
    Object.hasOwn(state.data?.packages ?? {}, `node_modules/${name}`) &&
    existsSync(join(modules, name, 'package.json'))
  )
}

/** Which of these packages lie in the folder without npm: it removes them when it next does anything. */
export async function unknownToNpm(
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const manifest = manifestShape.safeParse(await readJson(join(folder, 'package.json')))
  const known = manifest.data?.dependencies ?? {}
  return names.filter(
    (name) => !Object.hasOwn(known, name) && existsSync(join(folder, 'node_modules', name)),
  )
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** What comes last is taken for a package, whatever it looks like. */
async function runNpm(
  folder: string,
  [command = '', ...flags]: readonly string[],
  target: string,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const child = spawn('npm', [command, ...flags, ...quiet, '--', target], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, which is ended whole.
    detached: true,
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const kill = (name: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null) return
    try {
      process.kill(-child.pid, name)
    } catch {
      // It has ended meanwhile.
    }
  }
  let hard: NodeJS.Timeout | undefined
  const end = (): void => {
    kill('SIGTERM')
    hard = setTimeout(() => kill('SIGKILL'), patienceMs)
  }
  signal.addEventListener('abort', end, { once: true })
  try {
    const [said, code] = await Promise.all([text(child.stderr), ended])
    signal.throwIfAborted()
    if (code !== 0) throw new NanoclawError('bad-option', whyItFailed(command, target, said))
  } catch (error) {
    const isMissing = error instanceof Error && Reflect.get(error, 'code') === 'ENOENT'
    if (!isMissing) throw error
    const message =
      'npm is not there; it comes with Node (https://nodejs.org), and installs adapters'
    throw new NanoclawError('io', message, { cause: error })
  } finally {
    clearTimeout(hard)
    signal.removeEventListener('abort', end)
  }
}

const mostLines = 4

/** npm's errors without what every one of them has. */
function whyItFailed(command: string, target: string, said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !/^(code |A complete log|npm warn)/i.test(line))
  const why = [...new Set(lines)].slice(0, mostLines).join(' ') || 'it does not say why'
  return `npm ${command} of ${target} failed: ${why}`
}
