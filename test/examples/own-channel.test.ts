import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { shownByComments } from '../docs/shown.ts'

const example = fileURLToPath(new URL('../../examples/own-channel', import.meta.url))
const suiteMs = 120_000

/** Runs Node as the example's scripts do, with the packages' sources. */
async function node(...args: readonly string[]): Promise<string> {
  const fromSource = ['--conditions=@nanoclaw/source', ...args]
  const { stdout } = await promisify(execFile)(process.execPath, fromSource, { cwd: example })
  return stdout
}

test('the example answers, and ends by itself', async () => {
  const shown = shownByComments(await readFile(join(example, 'main.ts'), 'utf8'))
  expect(shown).toHaveLength(1)
  expect((await node('main.ts')).trimEnd().split('\n')).toEqual(shown)
})

test(
  'its adapter passes the suite and its own tests under node --test',
  async () => {
    const said = await node('--test', '--test-reporter=tap', 'test/**/*.test.ts')
    expect(said).toMatch(/^# pass \d{2,}$/m)
    expect(said).toMatch(/^# fail 0$/m)
  },
  suiteMs,
)
