import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { cleanEnvironment, runHelper } from './child.mjs'
import { builtFolders } from './project.mjs'
import { explain } from './explain.mjs'
import { Failure, step } from './say.mjs'
import { buildStamp, clearStamp, readStamp, writeStamp } from './stamp.mjs'

// `js`: what is needed to run; `full`: with the type declarations, which take most of the time.
/** @typedef {'js' | 'full'} BuildMode */

const STAMPS = { js: 'build-js.stamp', full: 'build-full.stamp' }

/**
 * @param {string} base the folder of the clone
 * @param {BuildMode} mode
 */
export function isBuilt(base, mode) {
  const wanted = buildStamp(base)
  return (
    (readStamp(base, STAMPS.full) === wanted ||
      (mode === 'js' && readStamp(base, STAMPS.js) === wanted)) &&
    builtFolders(base).every((folder) => existsSync(join(base, folder, 'dist', 'index.js')))
  )
}

/**
 * Builds every package unless that has been done from the sources as they are.
 * @param {string} base the folder of the clone
 * @param {BuildMode} mode
 * @param {string} node
 */
export async function ensureBuilt(base, mode, node) {
  if (isBuilt(base, mode)) return
  const stamp = buildStamp(base)
  clearStamp(base, STAMPS.js)
  clearStamp(base, STAMPS.full)
  await step('building', async () => {
    const { code, tail } = await runHelper(
      node,
      [join(base, 'node_modules/turbo/bin/turbo'), 'run', 'build', '--output-logs=errors-only'],
      { cwd: base, env: { ...toolEnvironment(base, node), NANOCLAW_BUILD: mode } },
    )
    if (code === 0) return
    throw new Failure(explain('building', 'building', tail))
  })
  writeStamp(base, STAMPS[mode], stamp)
}

/**
 * The environment in which the project's tools, and what they start, find our Node and pnpm first.
 * @param {string} base the folder of the clone
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(base, node) {
  const path = [dirname(node), join(base, 'node_modules', '.bin'), process.env.PATH ?? '']
  return {
    ...cleanEnvironment(),
    PATH: path.join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
  }
}
