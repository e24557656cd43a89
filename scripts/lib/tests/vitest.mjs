import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { say } from '../say.mjs'
import { killGroup } from './steps.mjs'

const PATIENCE_BEFORE_KILL_MS = 5_000

/**
 * @typedef {object} VitestRun
 * @property {string[]} command the program and its first arguments, up to vitest's own
 * @property {string[]} args further arguments for vitest
 * @property {string} cwd the folder of the project
 * @property {string} reportFile where vitest writes its JSON report
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} limitMs after which a run that hangs is killed
 */

/**
 * Runs vitest in a process group of its own and waits for its end.
 * @param {VitestRun} run
 * @returns {Promise<number>} its exit code
 */
function runVitest({ command: [program = '', ...first], args, cwd, reportFile, env, limitMs }) {
  return new Promise((resolve) => {
    const child = spawn(
      program,
      [
        ...first,
        ...['run', '--configLoader=native', '--reporter=default', '--reporter=json'],
        `--outputFile.json=${reportFile}`,
        ...args,
      ],
      { cwd, env: env ?? process.env, stdio: ['ignore', 'inherit', 'inherit'], detached: true },
    )
    const limit = setTimeout(() => {
      say(`the tests have not ended within ${Math.round(limitMs / 60_000)} minutes; stopping them`)
      stop()
    }, limitMs)
    const stop = () => {
      killGroup(child.pid, 'SIGTERM')
      setTimeout(() => killGroup(child.pid, 'SIGKILL'), PATIENCE_BEFORE_KILL_MS).unref()
    }
    let interrupted = false
    const interrupt = () => {
      interrupted = true
      stop()
    }
    process.on('SIGINT', interrupt)
    process.on('SIGTERM', interrupt)
    /** @param {number} code */
    const end = (code) => {
      clearTimeout(limit)
      process.off('SIGINT', interrupt)
      process.off('SIGTERM', interrupt)
      if (interrupted) process.exit(130)
      resolve(code)
    }
    child.on('error', (error) => {
      say(`could not run ${program}: ${error.message}`)
      end(127)
    })
    child.on('exit', (code) => end(code ?? 1))
  })
}

/**
 * @typedef {object} Report what is used of vitest's JSON report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {{name: string, status: string, assertionResults: {fullName: string, status: string}[]}[]} testResults
 */

/**
 * Counts a run. Failures that belong to no test (a file that cannot be imported, an error after
 * the last test, no report at all) count too, so that nothing that went wrong adds up to zero.
 * @param {Report | undefined} report
 * @param {number} code the exit code
 * @returns {import('./steps.mjs').Tally & {skipped: string[]}} `skipped`: what did not run, by name
 */
export function countRun(report, code) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: [] }
  const brokenFiles = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = report.numFailedTests + brokenFiles.length
  const skipped = report.testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status !== 'passed' && test.status !== 'failed')
      .map((test) => `${file.name} > ${test.fullName}`),
  )
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped,
  }
}

/**
 * Runs vitest, counts, and names what was skipped. In CI a skipped test is a failed one.
 * @param {Omit<VitestRun, 'reportFile'> & {reportFolder?: string | undefined, ci: boolean, selects: boolean}} run
 *   `selects`: the caller chose tests by name, so that the others are no skips
 * @returns {Promise<import('./steps.mjs').Tally>}
 */
export async function testRun({ reportFolder, ci, selects, ...run }) {
  const folder = reportFolder ?? mkdtempSync(join(tmpdir(), 'nanoclaw-report-'))
  const reportFile = join(folder, 'report.json')
  try {
    const code = await runVitest({ ...run, reportFile })
    const { passed, failed, skipped } = countRun(readReport(reportFile), code)
    if (selects || skipped.length === 0) return { passed, failed }
    process.stdout.write(`\n${skipped.length} SKIPPED${ci ? ', which in CI is a failure' : ''}:\n`)
    for (const name of skipped) process.stdout.write(`  SKIPPED ${relative(run.cwd, name)}\n`)
    return { passed, failed: failed + (ci ? skipped.length : 0) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} file
 * @returns {Report | undefined}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
