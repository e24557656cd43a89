import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { packageFolders, builtFolders, stateFolder } from './project.mjs'

const NOT_SOURCE = new Set(['node_modules', 'dist', 'test', '.turbo', 'coverage'])

/**
 * What an installation depends on: the lock file and every package.json, by content.
 * @param {string} base the folder of the clone
 */
export function installStamp(base) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', 'package.json']
  for (const file of [...files, ...packageFolders(base).map((p) => join(p, 'package.json'))]) {
    hash.update(`\0${file}\0`)
    if (existsSync(join(base, file))) hash.update(readFileSync(join(base, file)))
  }
  return hash.digest('hex')
}

/**
 * What a build depends on: names, sizes and modification times of the packages' sources (cheap
 * enough for every start), and what is installed.
 * @param {string} base the folder of the clone
 */
export function buildStamp(base) {
  const hash = createHash('sha256').update(installStamp(base))
  for (const file of ['tsconfig.base.json', 'turbo.json']) {
    if (existsSync(join(base, file))) hash.update(signature(base, file))
  }
  for (const folder of builtFolders(base)) {
    for (const file of sourcesUnder(base, folder)) hash.update(signature(base, file))
  }
  return hash.digest('hex')
}

/**
 * @param {string} base
 * @param {string} folder
 * @returns {string[]}
 */
function sourcesUnder(base, folder) {
  return readdirSync(join(base, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (NOT_SOURCE.has(entry.name)) return []
      const path = join(folder, entry.name)
      return entry.isDirectory() ? sourcesUnder(base, path) : [path]
    })
}

/**
 * @param {string} base
 * @param {string} file
 */
function signature(base, file) {
  const { size, mtimeMs } = statSync(join(base, file))
  return `\0${file} ${size} ${mtimeMs}`
}

/**
 * @param {string} base
 * @param {string} name
 */
export function readStamp(base, name) {
  try {
    return readFileSync(join(stateFolder(base), name), 'utf8')
  } catch {
    return undefined
  }
}

/**
 * @param {string} base
 * @param {string} name
 * @param {string} value
 */
export function writeStamp(base, name, value) {
  const file = join(stateFolder(base), name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, value)
}

/**
 * Taken away before the work begins, so that an interrupted run is not taken for a finished one.
 * @param {string} base
 * @param {string} name
 */
export function clearStamp(base, name) {
  rmSync(join(stateFolder(base), name), { force: true })
}
