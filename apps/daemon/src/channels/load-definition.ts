import { existsSync, statSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AdapterDefinition } from '@nanoclaw/adapters'
import { errorMessage, isNanoclawError, NanoclawError } from '@nanoclaw/schema'

const packageName = /^((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)(\/[\w.~-]+)*$/

/** Imports for the packages of a home. */
const importer = 'import-from-here.mjs'

/** Where a home keeps the packages of its channels. */
export function channelsFolder(home: string): string {
  return join(home, 'channels')
}

/** The package that an adapter's name is in, without what may follow it; undefined for a path. */
export function packageOf(adapter: string): string | undefined {
  return packageName.exec(adapter)?.[1]
}

/** Whether the daemon brings this adapter itself. */
export function isBuiltIn(adapter: string): boolean {
  try {
    return packageOf(adapter) !== undefined && import.meta.resolve(adapter) !== ''
  } catch {
    return false
  }
}

/** Whether the home has the package of this adapter, of whatever version. */
function isInstalled(adapter: string, home: string): boolean {
  const name = packageOf(adapter)
  return name !== undefined && existsSync(join(channelsFolder(home), 'node_modules', name))
}

/**
 * Loads what a package exports as `adapter`: from the home's `channels/node_modules`, else from
 * where the daemon's own packages are. A path is that of a module file, from the home on.
 * It may never settle: a module may wait for what does not come.
 * @throws NanoclawError `not-found` when it is not installed, `bad-option` when what it exports is
 *   not an adapter's definition, or it cannot be loaded.
 */
export async function loadDefinition(adapter: string, home: string): Promise<AdapterDefinition> {
  return definitionOf(await importAdapter(adapter, home), adapter)
}

async function importAdapter(adapter: string, home: string): Promise<unknown> {
  try {
    return await (isPath(adapter)
      ? importFile(resolve(home, adapter))
      : importPackage(adapter, home))
  } catch (error) {
    if (isNanoclawError(error)) throw error
    if (isMissing(error, adapter)) throw notInstalled(adapter, error)
    if (isNotBuilt(error)) throw notBuilt(adapter, error)
    const problem = `${adapter} cannot be loaded: ${errorMessage(error)}`
    throw new NanoclawError('bad-option', problem, { cause: error })
  }
}

const isPath = (adapter: string): boolean => /^\.{0,2}\//.test(adapter) || isAbsolute(adapter)

async function importFile(path: string): Promise<unknown> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
    return await import(pathToFileURL(path).href)
  }
  const problem = `expected a module file at ${path}; a package is installed with: nanoclaw channels add`
  throw new NanoclawError('not-found', problem)
}

async function importPackage(adapter: string, home: string): Promise<unknown> {
  if (packageOf(adapter) === undefined) {
    throw new TypeError('expected the name of a package, or a path that begins with "./" or "/"')
  }
  if (!isInstalled(adapter, home)) return await import(adapter)
  const module: unknown = await import(pathToFileURL(importerIn(channelsFolder(home))).href)
  const load: unknown = Reflect.get(Object(module), 'load')
  return typeof load === 'function' ? await load(adapter) : undefined
}

/**
 * Node looks for packages from the file that imports them on, so that a file in the folder does
 * it: there is no other way that is not experimental.
 */
function importerIn(folder: string): string {
  const file = join(folder, importer)
  if (!existsSync(file)) {
    writeFileSync(file, 'export const load = (name) => import(name)\n', { mode: 0o600 })
  }
  return file
}

/** That it is missing itself; not that something is missing which it needs. */
function isMissing(error: unknown, adapter: string): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (code !== 'ERR_MODULE_NOT_FOUND') return false
  const [, missing = ''] =
    /^Cannot find (?:package|module) '([^']+)'/.exec(errorMessage(error)) ?? []
  return missing === adapter || missing === packageOf(adapter)
}

/** That its own first file is missing, as in a folder that has not been built. */
function isNotBuilt(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return code === 'ERR_MODULE_NOT_FOUND' && errorMessage(error).endsWith(`${sep}${importer}`)
}

function notBuilt(adapter: string, cause: unknown): NanoclawError {
  const [, file = 'its first file'] =
    /^Cannot find module '([^']+)'/.exec(errorMessage(cause)) ?? []
  const problem = `${adapter} cannot be loaded: ${file} is not there; build the package first (npm run build)`
  return new NanoclawError('bad-option', problem, { cause })
}

function notInstalled(adapter: string, cause: unknown): NanoclawError {
  return new NanoclawError(
    'not-found',
    `${adapter} is not installed; install it with: nanoclaw channels add ${adapter}`,
    { cause },
  )
}

const channelType = /^[a-z][a-z0-9-]*$/

function definitionOf(module: unknown, adapter: string): AdapterDefinition {
  const found: unknown = Reflect.get(Object(module), 'adapter')
  if (isDefinition(found)) return found
  const names = Object.keys(Object(module)).join(', ') || 'nothing'
  const what =
    found === undefined
      ? `it exports ${names}`
      : `its "adapter" lacks ${missingParts(Object(found)).join(' and ')}`
  throw new NanoclawError(
    'bad-option',
    `expected ${adapter} to export "adapter", an AdapterDefinition of @nanoclaw/adapters, but ${what}; is it a NanoClaw adapter, and of this version?`,
  )
}

function isDefinition(value: unknown): value is AdapterDefinition {
  return typeof value === 'object' && value !== null && missingParts(value).length === 0
}

function missingParts(value: object): string[] {
  const type: unknown = Reflect.get(value, 'channelType')
  const standard: unknown = Reflect.get(Object(Reflect.get(value, 'options')), '~standard')
  const parts = [
    ['a "channelType" such as "telegram"', typeof type === 'string' && channelType.test(type)],
    [
      '"options", a Standard Schema',
      typeof Reflect.get(Object(standard), 'validate') === 'function',
    ],
    ['a function "create"', typeof Reflect.get(value, 'create') === 'function'],
  ] as const
  return parts.filter(([, isThere]) => !isThere).map(([name]) => name)
}
