// Makes a fresh clone run: `node scripts/bootstrap.mjs TARGET [ARGS]` installs and builds what is
// missing or out of date, then runs the target with a Node that is new enough. Runs on Node 20,
// without dependencies. All of its own words go to standard error; all ARGS go to the target.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { toolEnvironment } from './lib/build.mjs'
import { runTarget } from './lib/child.mjs'
import { daemonEnvironment, daemonNodeArguments } from './lib/daemon-node.mjs'
import { isNewEnough } from './lib/node-choice.mjs'
import { prepare } from './lib/prepare.mjs'
import { root } from './lib/project.mjs'
import { Failure, say } from './lib/say.mjs'

/**
 * @typedef {object} Target
 * @property {import('./lib/build.mjs').BuildMode} [build] what must have been built
 * @property {string} [file] relative to the root; without it, preparing is all there is to do
 * @property {readonly string[]} [node] arguments of the node that runs it
 * @property {Readonly<Record<string, string>>} [environment] what it finds there unless that says otherwise
 * @property {string[]} [args] before those of the command line
 * @property {boolean} [tools] whether our Node and tools come first in PATH
 */

/** @type {Target} */
const daemon = {
  build: 'js',
  file: 'apps/daemon/dist/main.js',
  node: daemonNodeArguments,
  environment: daemonEnvironment,
}

/** @type {Record<string, Target>} */
const TARGETS = {
  start: { ...daemon, args: ['start'] },
  nanoclaw: daemon,
  bench: { build: 'js', file: 'bench/main.ts', tools: true },
  torture: { build: 'js', file: 'test/torture/main.ts', tools: true },
  test: { file: 'scripts/test.mjs', tools: true },
  build: { build: 'full' },
  api: { build: 'full', file: 'test/api/update.ts', tools: true },
  'docs:api': { file: 'node_modules/typedoc/bin/typedoc', tools: true },
  knip: { file: 'node_modules/knip/bin/knip.js', args: ['--no-progress'], tools: true },
  typecheck: { file: 'scripts/typecheck.mjs', tools: true },
  lint: {
    file: 'node_modules/eslint/bin/eslint.js',
    args: ['.', '--max-warnings=0'],
    tools: true,
  },
  format: { file: 'node_modules/prettier/bin/prettier.cjs', args: ['--write', '.'], tools: true },
  'format:check': {
    file: 'node_modules/prettier/bin/prettier.cjs',
    args: ['--check', '.'],
    tools: true,
  },
}

/**
 * @param {string | undefined} name
 * @param {string[]} args
 */
async function main(name, args) {
  const target = TARGETS[name ?? '']
  if (target === undefined) {
    throw new Failure(
      `expected one of ${Object.keys(TARGETS).join(', ')}, got ${name ?? 'nothing'}`,
    )
  }
  if (!isNewEnough(process.version, '20.0.0')) {
    throw new Failure(
      `Node.js 20 or newer is needed to begin with, this is ${process.version}; install Node.js 24`,
    )
  }
  const node = await prepare(root, target.build)
  if (target.file === undefined) return
  const file = join(root, target.file)
  if (!existsSync(file)) throw new Failure(`${target.file} is not there; is the clone complete?`)
  await runTarget(node, [...(target.node ?? []), file, ...(target.args ?? []), ...args], {
    ...(target.environment ? { env: { ...target.environment, ...process.env } } : {}),
    ...(target.tools ? { cwd: root, env: toolEnvironment(root, node) } : {}),
  })
}

process.stderr.on('error', () => {})
try {
  await main(process.argv[2], process.argv.slice(3))
} catch (error) {
  say(sentence(error))
  process.exitCode = 1
}

/** @param {unknown} error */
function sentence(error) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC') return 'the disk is full'
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return `the clone has to be writable by the user that starts it: ${root} is not`
  }
  return error instanceof Error ? error.message : String(error)
}
