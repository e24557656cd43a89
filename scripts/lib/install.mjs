import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cleanEnvironment, npmProgram, runHelper } from './child.mjs'
import { chooseNode, fallbackFolder, installedNodes, NODE_NEEDED } from './node-choice.mjs'
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
    { cwd: base, env: installEnvironment() },
  )
  if (code !== 0) throw new Failure(explain('installing the dependencies', tail))
}

/** @param {string} base */
async function ensureNode(base) {
  const chosen = chooseNode(base)
  if (chosen !== undefined && (await runs(chosen))) return
  await step(`installing Node.js 24 (${process.version} is too old)`, async () => {
    const folder = fallbackFolder(base)
    await mkdir(folder, { recursive: true })
    const npm = npmProgram('npm')
    const { code, tail } = await runHelper(
      npm.command,
      [
        ...npm.args,
        ...['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund'],
        ...['--loglevel=error', 'node@24'],
      ],
      { cwd: folder, env: installEnvironment() },
    )
    const file = installedNodes(base)[1] ?? ''
    if (code === 0 && (await runs(file))) return
    throw new Failure(
      `Node.js ${NODE_NEEDED} or newer is needed, this is ${process.version}, and none could be ` +
        `installed for ${process.platform}-${process.arch}: ${explain('installing it', tail)}. ` +
        'Install Node.js 24 and try again.',
    )
  })
}

/** @param {string} node */
async function runs(node) {
  try {
    return (await runHelper(node, ['-e', ''], { cwd: '.', quiet: true })).code === 0
  } catch {
    return false
  }
}

const installEnvironment = () => ({
  // Patience of seconds, not minutes, where there is no network.
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '10000',
  ...cleanEnvironment(),
})

/** @type {[RegExp, string][]} */
const REASONS = [
  [/ENOSPC|no space left/i, 'the disk is full'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|FETCH_ERROR|META_FETCH|network/i,
    'the npm registry could not be reached; check the network or the proxy settings of npm',
  ],
  [/OUTDATED_LOCKFILE/, 'pnpm-lock.yaml does not match the package.json files; run pnpm install'],
  [/EACCES|EPERM|EROFS/, 'a folder may not be written to'],
  [/gyp ERR|compiler|make: /i, 'a native module could not be compiled; a C++ compiler is needed'],
  [/ENOENT.*npx|spawn npx/, 'npm is not installed'],
]

/**
 * One clause that says what went wrong, from what the tool printed.
 * @param {string} doing
 * @param {string} output
 */
export function explain(doing, output) {
  const reason = REASONS.find(([pattern]) => pattern.test(output))?.[1]
  return `${doing} failed: ${reason ?? 'the lines above say why'}`
}
