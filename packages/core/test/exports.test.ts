import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import * as core from '../src/index.ts'
import * as testing from '../src/testing.ts'
import { temporaryFolder } from './home.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

test('what is not in these lists is not API', () => {
  expect(Object.keys(core).toSorted()).toEqual([
    'createCore',
    'createInProcessReader',
    'normalizeName',
    'outboundLimits',
    'readOutbound',
  ])
  expect(Object.keys(testing).toSorted()).toEqual(['mailboxConformance', 'readerConformance'])
})

test('the README’s example runs, in at most twenty lines', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const code = /```js\n([^]*?)```/.exec(readme)?.[1] ?? ''
  expect(code.trim().split('\n').length).toBeLessThanOrEqual(20)
  const home = join(await temporaryFolder(), 'home')
  const script = code.replace(`'nanoclaw-home'`, JSON.stringify(home))
  expect(script).toContain(home)
  const { stdout } = await run(
    process.execPath,
    ['--conditions=@nanoclaw/source', '--input-type=module', '--eval', script],
    { cwd: root },
  )
  expect(stdout).toMatch(/^row 2 waits in sess-[0-9a-f-]{36}; may answer: true\n$/)
})
