// Everything that shows that the project is well: `npm test`. With arguments, only vitest runs,
// with those arguments: `npm test -- packages/schema`, `npm test -- -t 'a name'`.
// The last line is `N passed, N failed`; the exit code is 1 when anything failed.
import { join } from 'node:path'
import { prepare } from './lib/prepare.mjs'
import { root, scriptsOf } from './lib/project.mjs'
import { inParallel } from './lib/pool.mjs'
import { say } from './lib/say.mjs'
import { ordinaryUserPass } from './lib/tests/ordinary-user.mjs'
import { runStep, sum } from './lib/tests/steps.mjs'
import { ensureSystemPackages } from './lib/tests/system-packages.mjs'
import { testRun } from './lib/tests/vitest.mjs'

const LIMIT_MS = 18 * 60_000
const ci = Boolean(process.env.CI) && process.env.CI !== 'false'
const vitest = [process.execPath, join(root, 'node_modules/vitest/vitest.mjs')]

/**
 * What reads built declarations, or packs them.
 * @param {string} arg
 */
const ofDeclarations = (arg) => /(^|\/)test\/(api|packed)(\/|$)/.test(arg)

/** @param {string[]} args */
async function selectedTests(args) {
  say('arguments were given: only the tests that they select are run')
  await prepare(root, args.some(ofDeclarations) ? 'full' : 'js')
  await ensureSystemPackages(root)
  return testRun({ command: vitest, args, cwd: root, limitMs: LIMIT_MS, ci, selects: true })
}

async function everything() {
  const built = await attempt('build', async () => {
    await prepare(root, 'full')
    return { passed: 1, failed: 0 }
  })
  await ensureSystemPackages(root)
  // Many tests wait more than they compute. What a check has found is shown after the tests.
  const checking = inParallel(checks(), 2, runStep)
  const run = { command: vitest, args: [], cwd: root, limitMs: LIMIT_MS, ci, selects: false }
  const tested = await testRun(run)
  const asOther = await attempt('the pass as an ordinary user', () => ordinaryUserPass(root, ci))
  const checked = await checking
  for (const { report } of checked) process.stdout.write(report)
  return sum([built, ...checked, tested, asOther])
}

function checks() {
  const node = process.execPath
  /** @type {(name: string, ...args: string[]) => import('./lib/tests/steps.mjs').Step} */
  const check = (name, ...args) => ({ name, command: node, args, cwd: root })
  const migrations = scriptsOf(root, 'packages/schema')['check:migrations'] !== undefined
  return [
    check('lint', 'node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0'),
    check('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '.'),
    check('types', 'scripts/typecheck.mjs'),
    check('unused code', 'node_modules/knip/bin/knip.js', '--no-progress'),
    check('API reference', 'node_modules/typedoc/bin/typedoc', '--emit', 'none'),
    ...(migrations
      ? [
          check(
            'migrations',
            'node_modules/pnpm/bin/pnpm.cjs',
            '-C',
            'packages/schema',
            'run',
            'check:migrations',
          ),
        ]
      : []),
  ]
}

/**
 * What goes wrong is counted, and the rest still runs.
 * @param {string} name
 * @param {() => Promise<import('./lib/tests/steps.mjs').Tally>} run
 */
async function attempt(name, run) {
  try {
    return await run()
  } catch (error) {
    const why = error instanceof Error ? error.message : error
    process.stdout.write(`\n--- ${name} failed: ${why}\n\n`)
    return { passed: 0, failed: 1 }
  }
}

const args = process.argv.slice(2)
/** @type {import('./lib/tests/steps.mjs').Tally} */
let result
try {
  result = await (args.length > 0 ? selectedTests(args) : everything())
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  result = { passed: 0, failed: 1 }
}
process.exitCode = result.failed === 0 && result.passed > 0 ? 0 : 1
process.stdout.write(`${result.passed} passed, ${result.failed} failed\n`)
