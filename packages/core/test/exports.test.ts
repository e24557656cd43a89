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
    'NanoclawError',
    'createCore',
    'createInProcessReader',
    'isNanoclawError',
    'normalizeName',
    'outboundLimits',
    'readOutbound',
  ])
  expect(Object.keys(testing).toSorted()).toEqual([
    'createConversation',
    'createFakeClock',
    'createFaultPlan',
    'createFaultyCore',
    'createMemoryCore',
    'createSequentialIds',
    'faultOperations',
    'isSimulatedCrash',
    'mailboxConformance',
    'readerConformance',
  ])
})

async function readmeCode(index: number): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const code = [...readme.matchAll(/```js\n([^]*?)```/g)][index]?.[1] ?? ''
  expect(code.trim().split('\n').length).toBeLessThanOrEqual(20)
  return code
}

async function runScript(script: string): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    ['--conditions=@nanoclaw/source', '--input-type=module', '--eval', script],
    { cwd: root },
  )
  return stdout
}

test('the README’s example runs, in at most twenty lines', async () => {
  const home = join(await temporaryFolder(), 'home')
  const script = (await readmeCode(0)).replace(`'nanoclaw-home'`, JSON.stringify(home))
  expect(script).toContain(home)
  expect(await runScript(script)).toMatch(/^row 2 waits in sess-[0-9a-f-]{36}; may answer: true\n$/)
})

test('the README’s test of one’s own passes under Node’s test runner', async () => {
  const output = await runScript(await readmeCode(1))
  expect(output).toMatch(/pass 1\n/)
  expect(output).toMatch(/fail 0\n/)
})
