import { spawn } from 'node:child_process'
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
 * Runs a check and shows its output when it has failed.
 * @param {Step} step
 * @returns {Promise<Tally>}
 */
export async function runStep({ name, command, args, cwd }) {
  const since = performance.now()
  const { code, output } = await capture(command, args, cwd)
  say(`${name}: ${code === 0 ? 'passed' : 'FAILED'} (${elapsed(since)})`)
  if (code === 0) return { passed: 1, failed: 0 }
  process.stdout.write(`\n--- ${name} failed:\n${output.trimEnd()}\n---\n\n`)
  return { passed: 0, failed: 1 }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<{code: number, output: string}>}
 */
export function capture(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
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
