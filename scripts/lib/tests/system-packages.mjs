import { say, step } from '../say.mjs'
import { capture } from './steps.mjs'

/**
 * @typedef {object} SystemPackage what tests need beside Node
 * @property {string} name
 * @property {string[]} [debian] packages that apt installs for it; default: the one of its name
 * @property {string[]} probe a run that shows that it works here, not only that it is there
 * @property {NodeJS.Platform} [only] where alone tests can use it
 */

// As root a sandbox needs no user namespace; everybody else does, and some systems forbid it.
const namespaces =
  process.getuid?.() === 0
    ? ['--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts']
    : ['--unshare-all']

/** @type {readonly SystemPackage[]} */
const PACKAGES = [
  {
    name: 'bubblewrap',
    probe: [
      ...['bwrap', ...namespaces, '--die-with-parent', '--ro-bind', '/', '/'],
      ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--cap-drop', 'ALL', 'true'],
    ],
  },
  {
    // The tests of power cuts build a library, on Linux alone.
    name: 'gcc',
    debian: ['gcc', 'libc6-dev'],
    probe: ['cc', '-fsyntax-only', '-include', 'stdio.h', '-x', 'c', '/dev/null'],
    only: 'linux',
  },
]

const NOT_FOUND = 127

/**
 * Installs the system packages that tests need, where that is allowed (root and apt). Elsewhere,
 * or when it fails, says which are missing; the tests that need them are then skipped by name.
 * @param {string} cwd
 * @param {readonly SystemPackage[]} [packages]
 */
export async function ensureSystemPackages(cwd, packages = PACKAGES) {
  for (const { name, debian = [name], probe, only } of packages) {
    if (only !== undefined && only !== process.platform) continue
    const run = () => capture(probe[0] ?? '', probe.slice(1), cwd)
    let result = await run()
    if (result.code === NOT_FOUND && process.getuid?.() === 0 && (await hasApt(cwd))) {
      await step(`installing ${name}`, () => aptInstall(debian, cwd))
      result = await run()
    }
    if (result.code === 0) continue
    const trouble =
      result.code === NOT_FOUND
        ? `IS MISSING: tests that need it are skipped. Install ${name}.`
        : `DOES NOT WORK HERE: tests that need it are skipped. It says: ${result.output.trim()}`
    say(`${name.toUpperCase()} ${trouble}`)
  }
}

/** @param {string} cwd */
const hasApt = async (cwd) => (await capture('apt-get', ['--version'], cwd)).code === 0

/**
 * @param {readonly string[]} names
 * @param {string} cwd
 */
async function aptInstall(names, cwd) {
  const noQuestions = [
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-qq',
    '-y',
    '-oDPkg::Lock::Timeout=120',
  ]
  for (const args of [['update'], ['install', '--no-install-recommends', ...names]]) {
    const { code, output } = await capture('env', [...noQuestions, ...args], cwd)
    if (code !== 0) process.stderr.write(`apt-get ${args[0]} failed:\n${output}\n`)
  }
}
