import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeClone, run, write } from './clone.ts'

/** The programs that are there, as shell scripts; what is not named is not there. */
interface Programs {
  readonly bwrap?: string
  readonly cc?: string
}

/** What is said about them. */
async function saidOf(programs: Programs): Promise<string> {
  const base = makeClone()
  write(base, 'bin/.keep', '')
  for (const [name, script] of Object.entries(programs)) {
    write(base, `bin/${name}`, `#!/bin/sh\n${script}\n`)
    chmodSync(join(base, 'bin', name), 0o755)
  }
  write(
    base,
    'probe.mjs',
    `import { ensureSystemPackages } from './scripts/lib/tests/system-packages.mjs'
    await ensureSystemPackages('.')`,
  )
  // No other program can be found, so that nothing is installed.
  const { code, stdout, stderr } = await run(base, ['probe.mjs'], {
    env: { PATH: join(base, 'bin') },
  }).ended
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  return stderr
}

const works = 'exit 0'

test('what works is not mentioned', async () => {
  expect(await saidOf({ bwrap: works, cc: works })).toBe('')
})

test('a bubblewrap that is there and may start none is not taken for one that works', async () => {
  const forbidden =
    'test "$1" = --version && exit; echo "setting up uid map: Permission denied" >&2; exit 1'
  expect(await saidOf({ bwrap: forbidden, cc: works })).toBe(
    'nanoclaw: BUBBLEWRAP DOES NOT WORK HERE: tests that need it are skipped. ' +
      'It says: setting up uid map: Permission denied\n',
  )
})

test('one that is not there is asked for', async () => {
  expect(await saidOf({ cc: works })).toBe(
    'nanoclaw: BUBBLEWRAP IS MISSING: tests that need it are skipped. Install bubblewrap.\n',
  )
})

test.runIf(process.platform === 'linux')('so is a compiler', async () => {
  expect(await saidOf({ bwrap: works })).toBe(
    'nanoclaw: GCC IS MISSING: tests that need it are skipped. Install gcc.\n',
  )
})

test.runIf(process.platform === 'linux')('one without headers does not work', async () => {
  const bare = 'echo "fatal error: stdio.h: No such file or directory" >&2; exit 1'
  expect(await saidOf({ bwrap: works, cc: bare })).toBe(
    'nanoclaw: GCC DOES NOT WORK HERE: tests that need it are skipped. ' +
      'It says: fatal error: stdio.h: No such file or directory\n',
  )
})
