import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the clone. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** @param {string} base the folder of the clone */
export const stateFolder = (base) => join(base, 'node_modules', '.nanoclaw')

/**
 * The folders of the workspace's packages, relative to `base`, sorted.
 * @param {string} base
 */
export function packageFolders(base) {
  const nested = ['packages', 'apps', 'examples'].flatMap((parent) =>
    existsSync(join(base, parent))
      ? readdirSync(join(base, parent)).map((name) => join(parent, name))
      : [],
  )
  return [...nested, 'bench', 'test']
    .filter((folder) => existsSync(join(base, folder, 'package.json')))
    .sort()
}

/**
 * The packages that are built: those with a `build` script.
 * @param {string} base
 */
export function builtFolders(base) {
  return packageFolders(base).filter((folder) => scriptsOf(base, folder).build !== undefined)
}

/**
 * @param {string} base
 * @param {string} folder
 * @returns {Record<string, string>}
 */
export function scriptsOf(base, folder) {
  return JSON.parse(readFileSync(join(base, folder, 'package.json'), 'utf8')).scripts ?? {}
}
