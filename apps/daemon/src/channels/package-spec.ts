import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NanoclawError } from '@nanoclaw/schema'
import { z } from 'zod'
import { packageOf } from './load-definition.ts'
import { readTarballFile } from './tarball.ts'

/** A package that npm can be told to install. */
export interface PackageSpec {
  /** Under which it can be imported. */
  readonly name: string
  /** What npm is given: the name, with a version or not, or an absolute path. */
  readonly target: string
  /** A folder or a tarball of this machine. */
  readonly isPath: boolean
}

/** A name, then a version, a range or a tag: nothing with ":" or "/", which npm fetches elsewhere. */
const fromRegistry = /^(@[^/@:]+\/[^/@:]+|[^-/@:][^/@:]*)(?:@[^/:]*)?$/

/**
 * Reads what somebody has typed as a package: its name, with a version or not, a folder or a
 * tarball, from the current folder on.
 * @throws NanoclawError `bad-option` for everything else that npm would take (git, addresses,
 *   options) and for what is no package; `not-found` where nothing is at the path.
 */
export async function readPackageSpec(given: string): Promise<PackageSpec> {
  const path = pathOf(given)
  if (path !== undefined) return { name: await nameAt(path), target: path, isPath: true }
  const name = fromRegistry.exec(given)?.[1]
  if (name !== undefined && packageOf(name) === name) return { name, target: given, isPath: false }
  const expected = 'the name of a package, with @version or not, or the path of a folder or tarball'
  const why = `nothing is installed from git or from an address; a path begins with "./" or "/"`
  throw new NanoclawError('bad-option', `expected ${expected}, not ${quoted(given)}: ${why}`)
}

const quoted = (text: string): string => JSON.stringify(text)

/** Undefined: it is no path. */
function pathOf(given: string): string | undefined {
  if (given.startsWith('file://')) return fileURLToPath(given)
  const path = given.replace(/^file:/, '')
  if (path !== given || /^(\.{1,2}(\/|$)|\/)/.test(path)) return resolve(path)
  if (/^~(\/|$)/.test(path)) return resolve(homedir(), path.slice(2))
  return /^[^-:@][^:@]*\.(tgz|tar\.gz)$/.test(path) ? resolve(path) : undefined
}

const manifestShape = z.looseObject({ name: z.string() })

async function nameAt(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    const problem = `there is nothing at ${path}; expected a package's folder or tarball`
    throw new NanoclawError('not-found', problem)
  }
  const name = await readName(path, found.isDirectory()).catch((cause: unknown) => {
    const problem = `${path} is no package: its package.json cannot be read`
    throw new NanoclawError('bad-option', problem, { cause })
  })
  if (packageOf(name) === name) return name
  throw new NanoclawError('bad-option', `the package at ${path} has the name ${quoted(name)}`)
}

async function readName(path: string, isFolder: boolean): Promise<string> {
  const text = isFolder
    ? await readFile(join(path, 'package.json'), 'utf8')
    : await readTarballFile(path, 'package.json')
  return manifestShape.parse(JSON.parse(text)).name
}
