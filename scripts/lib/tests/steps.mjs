import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { elapsed, say } from '../say.mjs'

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 */

/**
 * @typedef {object} Step one check that either passes or fails
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {string} cwd
 */

/**
 * Runs a check at a lower priority, so that tests may run beside it.
 * @param {Step} step
 * @returns {Promise<Tally & {report: string}>} `report`: what it has printed, if it has failed
 */
export async function runStep({ name, command, args, cwd }) {
  const since = performance.now()
  const { code, output } = await capture(command, args, cwd, { inBackground: true })
  say(`${name}: ${code === 0 ? 'passed' : 'FAILED'} (${elapsed(since)})`)
  if (code === 0) return { passed: 1, failed: 0, report: '' }
  return { passed: 0, failed: 1, report: `\n--- ${name} failed:\n${output.trimEnd()}\n---\n\n` }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {{inBackground?: boolean}} [options] `inBackground`: at a lower priority
 * @returns {Promise<{code: number, output: string}>}
 */
export function capture(command, args, cwd, { inBackground = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...{ cwd, detached: inBackground },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const endWithUs = () => killGroup(child.pid, 'SIGKILL')
    if (inBackground) {
      lowerPriority(child.pid)
      process.once('exit', endWithUs)
    }
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code) => {
      process.off('exit', endWithUs)
      resolve({ code: code ?? 1, output })
    })
  })
}

/**
 * Less than tests, but not the least: that would be next to nothing on a machine that is never idle.
 * @param {number | undefined} pid of a process that leads its session
 */
function lowerPriority(pid) {
  if (pid === undefined) return
  const { PRIORITY_BELOW_NORMAL } = constants.priority
  try {
    setPriority(pid, PRIORITY_BELOW_NORMAL)
    // Where Linux shares processors out by session first, the session has a priority as well.
    writeFileSync(`/proc/${pid}/autogroup`, `${PRIORITY_BELOW_NORMAL}`)
  } catch {
    // It has ended, or this system has no such thing: then it only competes more.
  }
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
export function killGroup(pid, signal) {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended already.
  }
}

/**
 * @param {Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  return tallies.reduce(
    (total, { passed, failed }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
    }),
    { passed: 0, failed: 0 },
  )
}
