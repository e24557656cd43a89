// Type-checks every package of the workspace and the scripts: `npm run typecheck`. Those with the
// same compiler options are one program: what they share is read and checked once.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inParallel } from './lib/pool.mjs'
import { packageFolders, root, stateFolder } from './lib/project.mjs'

const run = promisify(execFile)
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const pretty = process.stdout.isTTY ? ['--pretty'] : []

/**
 * @typedef {object} Program a tsconfig.json, with absolute paths
 * @property {string} extends
 * @property {object} compilerOptions
 * @property {string[]} include
 */

/**
 * @param {string} folder relative to the root
 * @returns {Program}
 */
function programOf(folder) {
  const file = join(root, folder, 'tsconfig.json')
  const {
    extends: base,
    compilerOptions = {},
    include,
    ...rest
  } = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof base !== 'string' || !Array.isArray(include) || Object.keys(rest).length > 0) {
    throw new Error(`expected extends, include and no more than compilerOptions beside, in ${file}`)
  }
  return {
    extends: join(root, folder, base),
    compilerOptions,
    include: include.map((pattern) => join(root, folder, pattern)),
  }
}

/** @returns {Program[]} one for each set of compiler options */
function programs() {
  /** @type {Map<string, Program>} */
  const byOptions = new Map()
  for (const folder of [...packageFolders(root), 'scripts']) {
    const { include, ...options } = programOf(folder)
    const key = JSON.stringify(options)
    const others = byOptions.get(key)?.include ?? []
    byOptions.set(key, { ...options, include: [...others, ...include] })
  }
  return [...byOptions.values()]
}

const folder = join(stateFolder(root), `typecheck-${process.pid}`)
mkdirSync(folder, { recursive: true })
try {
  const results = await inParallel([...programs().entries()], 2, async ([index, program]) => {
    const config = join(folder, `tsconfig.${index}.json`)
    writeFileSync(config, JSON.stringify(program))
    try {
      await run(process.execPath, [tsc, '-p', config, ...pretty], {
        cwd: root,
        maxBuffer: 64 * 1024 * 1024,
      })
      return true
    } catch (error) {
      const output = error instanceof Error && 'stdout' in error ? error.stdout : ''
      process.stdout.write(`${output || error}\n`)
      return false
    }
  })
  process.exitCode = results.every(Boolean) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
