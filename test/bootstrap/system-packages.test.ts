import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeClone, run, write } from './clone.ts'

/** What is said about a bubblewrap that is this shell script; without one, there is none. */
async function saidOf(script: string | undefined): Promise<string> {
  const base = makeClone()
  write(base, 'bin/bwrap', `#!/bin/sh\n${script ?? ''}\n`)
  write(
    base,
    'probe.mjs',
    `import { chmodSync, rmSync } from 'node:fs'
    import { ensureSystemPackages } from './scripts/lib/tests/system-packages.mjs'
    chmodSync('bin/bwrap', 0o755)
    if (${script === undefined}) rmSync('bin/bwrap')
    await ensureSystemPackages('.')`,
  )
  // No other program can be found, so that nothing is installed.
  const { code, stdout, stderr } = await run(base, ['probe.mjs'], {
    env: { PATH: join(base, 'bin') },
  }).ended
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  return stderr
}

test('a bubblewrap that starts sandboxes is not mentioned', async () => {
  expect(await saidOf('exit 0')).toBe('')
})

test('one that is there and may start none is not taken for one that works', async () => {
  const forbidden =
    'test "$1" = --version && exit; echo "setting up uid map: Permission denied" >&2; exit 1'
  expect(await saidOf(forbidden)).toBe(
    'nanoclaw: BUBBLEWRAP DOES NOT WORK HERE: tests that need it are skipped. ' +
      'It says: setting up uid map: Permission denied\n',
  )
})

test('one that is not there is asked for', async () => {
  expect(await saidOf(undefined)).toBe(
    'nanoclaw: BUBBLEWRAP IS MISSING: tests that need it are skipped. Install bubblewrap.\n',
  )
})
