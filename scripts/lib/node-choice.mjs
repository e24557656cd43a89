import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stateFolder } from './project.mjs'
import { Failure } from './say.mjs'

/** Below it, better-sqlite3 ends in a segmentation fault and TypeScript files do not run. */
export const NODE_NEEDED = '22.18.0'

/**
 * Whether a version such as `v24.21.0` is new enough.
 * @param {string} version
 * @param {string} [needed]
 */
export function isNewEnough(version, needed = NODE_NEEDED) {
  const have = version.replace(/^v/, '').split('.').map(Number)
  const want = needed.split('.').map(Number)
  for (let i = 0; i < 3; i += 1) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

/**
 * Where a Node of our own may stand, best first.
 * @param {string} base the folder of the clone
 * @param {{platform?: string, arch?: string}} [machine]
 */
export function installedNodes(base, machine = {}) {
  const { platform = process.platform, arch = process.arch } = machine
  const name = platform === 'win32' ? `node-win-${arch}` : `node-${platform}-${arch}`
  const file = platform === 'win32' ? 'bin/node.exe' : 'bin/node'
  return [
    join(base, 'node_modules', name, file),
    join(fallbackFolder(base), 'node_modules', 'node', file),
  ]
}

/** @param {string} base the folder of the clone */
export const fallbackFolder = (base) => join(stateFolder(base), 'node')

/**
 * The Node to run everything with: the running one if it is new enough, else one that has been
 * installed in the project, else undefined.
 * @param {string} base the folder of the clone
 * @param {{version?: string, execPath?: string, platform?: string, arch?: string}} [running]
 * @returns {string | undefined}
 */
export function chooseNode(base, running = {}) {
  const { version = process.version, execPath = process.execPath } = running
  if (isNewEnough(version)) return execPath
  return installedNodes(base, running).find((file) => existsSync(file))
}

/**
 * The version of Node that is installed where none of the optional dependencies fits: theirs.
 * @param {string} base the folder of the clone
 * @returns {string}
 */
export function pinnedNode(base) {
  const { optionalDependencies = {} } = JSON.parse(readFileSync(join(base, 'package.json'), 'utf8'))
  const names = Object.keys(optionalDependencies).filter((name) => name.startsWith('node-'))
  const version = optionalDependencies[names[0] ?? '']
  if (/^\d+\.\d+\.\d+$/.test(version)) return version
  throw new Failure('package.json: expected an exact version of Node in optionalDependencies')
}
