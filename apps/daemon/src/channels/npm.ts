import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { NanoclawError } from '@nanoclaw/schema'
import { z } from 'zod'

const manifestShape = z.looseObject({
  dependencies: z.record(z.string(), z.string()).default({}),
})

/**
 * Installs a package into a folder: a name, with a version or not, a folder or a tarball. Gives
 * the name under which it can be imported.
 * @throws NanoclawError `io` when there is no npm; `bad-option` with npm's own words when it fails.
 */
export async function installPackage(
  folder: string,
  spec: string,
  { allowScripts }: { readonly allowScripts: boolean },
): Promise<string> {
  await makeFolder(folder)
  const before = await dependenciesOf(folder)
  await runNpm(folder, ['install', allowScripts ? '--no-ignore-scripts' : '--ignore-scripts', spec])
  const after = await dependenciesOf(folder)
  const added = Object.keys(after).find((name) => after[name] !== before[name])
  const byName = /^(@[^/@]+\/[^/@]+|[^/@.][^/@]*)(@.*)?$/.exec(spec)?.[1]
  const byPath = Object.keys(after).find((name) => spec.endsWith(pathIn(after[name] ?? '')))
  const name = added ?? (byName !== undefined && byName in after ? byName : byPath)
  if (name !== undefined) return name
  throw new NanoclawError('bad-option', `npm installed ${spec}, and does not say under what name`)
}

/** Removes a package from a folder, and whatever only it needed. Throws as `installPackage`. */
export async function uninstallPackage(folder: string, name: string): Promise<void> {
  if (!existsSync(join(folder, 'node_modules', name))) return
  await runNpm(folder, ['uninstall', '--ignore-scripts', name])
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest)) return
  const content = { private: true, description: 'Adapters of this NanoClaw: nanoclaw channels' }
  await writeFile(manifest, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
}

async function dependenciesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return manifestShape.parse(manifest).dependencies
}

/** npm writes paths from the folder on. */
function pathIn(range: string): string {
  return range.startsWith('file:') ? range.replace(/^file:(\.\.\/)*/, '') : range
}

async function runNpm(folder: string, args: readonly string[]): Promise<void> {
  const child = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  try {
    const [said, code] = await Promise.all([text(child.stderr), ended])
    if (code !== 0) throw new NanoclawError('bad-option', whyItFailed(args, said))
  } catch (error) {
    const isMissing = error instanceof Error && Reflect.get(error, 'code') === 'ENOENT'
    if (!isMissing) throw error
    const message =
      'npm is not there; it comes with Node (https://nodejs.org), and installs adapters'
    throw new NanoclawError('io', message, { cause: error })
  }
}

const mostLines = 4

/** npm's errors without what every one of them has. */
function whyItFailed(args: readonly string[], said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !/^(code |A complete log|npm warn)/i.test(line))
  const why = [...new Set(lines)].slice(0, mostLines).join(' ') || 'it does not say why'
  return `npm ${args[0]} of ${args.at(-1)} failed: ${why}`
}
