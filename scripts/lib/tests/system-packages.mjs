import { say, step } from '../say.mjs'
import { capture } from './steps.mjs'

const PACKAGES = [{ name: 'bubblewrap', probe: ['bwrap', '--version'] }]

/**
 * Installs the system packages that tests need, where that is allowed (root and apt). Elsewhere,
 * or when it fails, says which are missing; the tests that need them are then skipped by name.
 * @param {string} cwd
 */
export async function ensureSystemPackages(cwd) {
  for (const { name, probe } of PACKAGES) {
    const works = async () => (await capture(probe[0] ?? '', probe.slice(1), cwd)).code === 0
    if (await works()) continue
    if (process.getuid?.() === 0 && (await capture('apt-get', ['--version'], cwd)).code === 0) {
      await step(`installing ${name}`, () => aptInstall(name, cwd))
      if (await works()) continue
    }
    say(`${name.toUpperCase()} IS MISSING: tests that need it are skipped. Install ${name}.`)
  }
}

/**
 * @param {string} name
 * @param {string} cwd
 */
async function aptInstall(name, cwd) {
  const noQuestions = [
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-qq',
    '-y',
    '-oDPkg::Lock::Timeout=120',
  ]
  for (const args of [['update'], ['install', '--no-install-recommends', name]]) {
    const { code, output } = await capture('env', [...noQuestions, ...args], cwd)
    if (code !== 0) process.stderr.write(`apt-get ${args[0]} failed:\n${output}\n`)
  }
}
