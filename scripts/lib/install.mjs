import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { ownCaches } from './caches.mjs'
import { cleanEnvironment, npmProgram, runHelper } from './child.mjs'
import { explain } from './explain.mjs'
import {
  chooseNode,
  fallbackFolder,
  installedNodes,
  NODE_NEEDED,
  pinnedNode,
} from './node-choice.mjs'
import { Failure, step } from './say.mjs'
import { clearStamp, installStamp, readStamp, writeStamp } from './stamp.mjs'

const STAMP = 'install.stamp'

/** @param {string} base the folder of the clone */
export const isInstalled = (base) =>
  readStamp(base, STAMP) === installStamp(base) && chooseNode(base) !== undefined

/**
 * Installs the dependencies and, where the running Node is too old, a newer one. Does nothing
 * when both are there.
 * @param {string} base the folder of the clone
 */
export async function ensureInstalled(base) {
  if (isInstalled(base)) return
  const first = readStamp(base, STAMP) === undefined
  clearStamp(base, STAMP)
  await step('installing dependencies', () => installDependencies(base), {
    note: first ? 'first start only' : 'they have changed',
  })
  await ensureNode(base)
  writeStamp(base, STAMP, installStamp(base))
}

/** @param {string} base */
async function installDependencies(base) {
  const manager = JSON.parse(readFileSync(join(base, 'package.json'), 'utf8')).packageManager
  const npx = npmProgram('npx')
  const { code, tail } = await runHelper(
    npx.command,
    [
      ...npx.args,
      ...['-y', '--loglevel=error', manager, 'install'],
      ...['--frozen-lockfile', '--prefer-offline', '--loglevel=error'],
      '--config.confirmModulesPurge=false',
    ],
    { cwd: base, env: installEnvironment(base) },
  )
  if (code !== 0) throw new Failure(explain('installing', 'installing the dependencies', tail))
  await linkNode(base)
}

/**
 * npm puts `node_modules/.bin` first in PATH. What pnpm leaves there as `node` is a shell script
 * that starts the real one as a child and so keeps signals from it; a link does not.
 * @param {string} base
 */
async function linkNode(base) {
  const link = join(base, 'node_modules', '.bin', 'node')
  const [node = ''] = installedNodes(base)
  if (process.platform === 'win32' || !existsSync(node) || !existsSync(link)) return
  await rm(link)
  await symlink(relative(dirname(link), node), link)
}

/** @param {string} base */
async function ensureNode(base) {
  const chosen = chooseNode(base)
  if (chosen !== undefined && (await runs(chosen))) return
  const version = pinnedNode(base)
  await step(`installing Node.js ${version} (${process.version} is too old)`, async () => {
    const folder = fallbackFolder(base)
    await mkdir(folder, { recursive: true })
    // It makes this folder npm's project; `--prefix` would also move npm's global settings.
    await writeFile(join(folder, 'package.json'), '{"private":true}\n')
    const npm = npmProgram('npm')
    const { code, tail } = await runHelper(
      npm.command,
      [
        ...npm.args,
        ...['install', '--no-save', '--no-audit', '--no-fund'],
        ...['--loglevel=error', `node@${version}`],
      ],
      { cwd: folder, env: installEnvironment(base) },
    )
    const file = installedNodes(base)[1] ?? ''
    if (code === 0 && (await runs(file))) return
    throw new Failure(
      `Node.js ${NODE_NEEDED} or newer is needed, this is ${process.version}, and none could be ` +
        `installed for ${process.platform}-${process.arch}: ${explain('installing', 'installing it', tail)}. ` +
        'Install Node.js 24 and try again.',
    )
  })
}

/** @param {string} node */
async function runs(node) {
  try {
    return (await runHelper(node, ['-e', ''], { cwd: '.' })).code === 0
  } catch {
    return false
  }
}

/** @param {string} base */
const installEnvironment = (base) => ({
  // Patience of seconds, not minutes, where there is no network.
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '10000',
  ...cleanEnvironment(),
  ...ownCaches(base),
})
