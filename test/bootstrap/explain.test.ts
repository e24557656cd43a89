import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { explain } from '../../scripts/lib/explain.mjs'

let shown = ''

beforeEach(() => {
  shown = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown += String(text)
    return true
  })
})

afterEach(() => vi.restoreAllMocks())

const whyBuilding = (output: string) => explain('building', 'building', output)
const whyInstalling = (output: string) => explain('installing', 'installing', output)

test.each([
  ['npm error code ENOSPC', /the disk is full/],
  ['ENOSPC: no space left on device, write', /the disk is full/],
  ["Error: EACCES: permission denied, mkdir '/srv/a/.cache'", /: \/srv\/a\/\.cache may not be/],
  [
    'npm error code EACCES\nnpm error syscall mkdir\nnpm error path /srv/a/.npm',
    /\/a\/\.npm may not/,
  ],
  ['ERR_PNPM_OUTDATED_LOCKFILE  Cannot install', /pnpm-lock\.yaml does not match/],
  ['connect ECONNREFUSED 127.0.0.1:1', /registry could not be reached/],
  [' ERR_PNPM_META_FETCH_FAIL  GET http://localhost', /registry could not be reached/],
  [' ERR_PNPM_FETCH_404  GET http://localhost', /registry refuses a package, or does not have it/],
  ['node_modules/x install: gyp ERR! build error', /C\+\+ compiler/],
  ['make: *** [Makefile:1: all] Error 1', /C\+\+ compiler/],
])('what keeps an installation from going on is told from %j', (output, reason) => {
  expect(whyInstalling(output)).toMatch(reason)
  expect(shown).toBe(`${output}\n`)
})

const fromCompilers = [
  "src/a.ts(3,1): error TS5023: Unknown compiler option 'x'.",
  "src/a.ts(3,1): error TS2322: Type 'ECONNREFUSED' is not assignable to type 'ETIMEDOUT'.",
  "src/network.ts(3,1): error TS2304: Cannot find name 'EACCES'.",
  "src/make: error TS2339: Property 'ENOSPC' does not exist.",
]

test.each(fromCompilers)('nothing is made up about what a compiler says: %s', (line) => {
  const long = `${'a line\n'.repeat(100)}${line}`
  expect(whyBuilding(long)).toBe('building failed: the lines above say why')
  expect(shown).toBe(`${long}\n`)
})

test.each(['a network of compilers', 'make it so', 'found 3 files named ENOENT'])(
  'a word alone is no reason: %s',
  (line) => {
    expect(whyInstalling(line)).toBe('installing failed: the lines above say why')
  },
)

test('a full disk and a closed folder are told from a build, too', () => {
  expect(whyBuilding('Error: ENOSPC: no space left on device, write')).toMatch(/the disk is full/)
  expect(whyBuilding("EROFS: read-only file system, open '/srv/dist/a.js'")).toMatch(
    /\/srv\/dist\/a\.js may not be written to/,
  )
})

test('of a known trouble only the last lines are shown', () => {
  whyInstalling(`${'a line\n'.repeat(100)}connect ETIMEDOUT`)
  expect(shown.split('\n')).toHaveLength(13)
  expect(shown.endsWith('connect ETIMEDOUT\n')).toBe(true)
})
