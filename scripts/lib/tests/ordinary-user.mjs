import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { Failure, say, step } from '../say.mjs'
import { capture } from './steps.mjs'
import { testRun } from './vitest.mjs'

const LIMIT_MS = 6 * 60_000
const NOT_COPIED = new Set(['.git', '.turbo', 'coverage'])
const FIRST_UID = 61_200
const KEPT = /^(PATH|CI|LANG|LC_.*|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR)$/

/**
 * Runs the tests whose file name ends in `.sandbox.test.ts` once more as an ordinary user, from a
 * copy of the project in a folder that everybody may enter. Only root can become somebody else.
 * @param {string} base the folder of the clone
 * @param {boolean} ci
 * @returns {Promise<import('./steps.mjs').Tally>}
 */
export async function ordinaryUserPass(base, ci) {
  if (process.getuid?.() !== 0) {
    say('the pass as an ordinary user: not needed, this is one')
    return { passed: 0, failed: 0 }
  }
  const uid = freeUid()
  const folder = mkdtempSync(join(openFolder(), 'nanoclaw-'))
  const removed = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removed)
  try {
    chmodSync(folder, 0o755)
    const project = join(folder, 'project')
    await step('copying the project for an ordinary user', () => copyProject(base, project))
    const node = reachableNode(base, project, folder)
    const own = Object.fromEntries(
      ['home', 'tmp', 'cache', 'report'].map((name) => [name, privateFolder(folder, name, uid)]),
    )
    say(`running the sandbox tests as user ${uid}`)
    const become = ['setpriv', '--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups']
    return await testRun({
      command: [...become, node, join(project, 'node_modules/vitest/vitest.mjs')],
      args: ['--passWithNoTests', `--fsModuleCachePath=${own.cache}/modules`, '.sandbox.test.ts'],
      cwd: project,
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.test(name))),
        PATH: `${dirname(node)}:${withoutClone(process.env.PATH ?? '', base)}`,
        HOME: own.home,
        TMPDIR: own.tmp,
        NANOCLAW_TEST_CACHE: own.cache,
      },
      reportFolder: own.report,
      limitMs: LIMIT_MS,
      ci,
      selects: false,
    })
  } finally {
    process.off('exit', removed)
    removed()
  }
}

/** A uid that no account has; nobody's own (65534) is also how a user namespace shows strangers. */
function freeUid() {
  const taken = new Set(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((l) => l.split(':')[2]),
  )
  let uid = FIRST_UID
  while (taken.has(`${uid}`)) uid += 1
  return uid
}

/** A folder for temporary files that everybody may enter, all the way down. */
function openFolder() {
  const found = [tmpdir(), '/tmp', '/var/tmp'].find(isOpen)
  if (found === undefined) throw new Failure('no temporary folder that everybody may enter')
  return found
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function isOpen(path) {
  if ((statSync(path).mode & 0o001) === 0) return false
  return path === dirname(path) || isOpen(dirname(path))
}

/**
 * Hard links where everybody may read the files and the folder is on the same disk, else copies.
 * @param {string} base
 * @param {string} project
 */
async function copyProject(base, project) {
  mkdirSync(project)
  const entries = readdirSync(base).filter((name) => !NOT_COPIED.has(name))
  const closed = ['!', '-type', 'l', '!', '-perm', '-o=r', '-print', '-quit']
  const unreadable = (await capture('find', [...entries, ...closed], base)).output !== ''
  const linked = !unreadable && (await capture('cp', ['-al', ...entries, project], base)).code === 0
  if (!linked) {
    rmSync(project, { recursive: true, force: true })
    mkdirSync(project)
    const copied = await capture('cp', ['-a', ...entries, project], base)
    if (copied.code !== 0) throw new Failure(`could not copy the project: ${copied.output}`)
    await capture('chmod', ['-R', 'a+rX,go-w', project], base)
  }
  // Folders are never links: their modes are the copy's own.
  await capture('find', [project, '-type', 'd', '-exec', 'chmod', 'a+rx,go-w', '{}', '+'], base)
  chmodSync(project, 0o755)
}

/**
 * The Node that runs us, at a place where the other user may execute it.
 * @param {string} base
 * @param {string} project
 * @param {string} folder
 */
function reachableNode(base, project, folder) {
  const inside = relative(base, process.execPath)
  if (!inside.startsWith('..')) return join(project, inside)
  if (isOpen(process.execPath)) return process.execPath
  const copy = join(folder, 'node', 'bin', 'node')
  mkdirSync(dirname(copy), { recursive: true })
  copyFileSync(process.execPath, copy)
  chmodSync(copy, 0o755)
  return copy
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {number} uid
 */
function privateFolder(folder, name, uid) {
  const path = join(folder, name)
  mkdirSync(path, { mode: 0o700 })
  chownSync(path, uid, uid)
  return path
}

/**
 * @param {string} path a PATH
 * @param {string} base
 */
const withoutClone = (path, base) =>
  path
    .split(':')
    .filter((entry) => !entry.startsWith(base))
    .join(':')
