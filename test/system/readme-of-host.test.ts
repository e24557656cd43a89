import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const readme = new URL('../../packages/host/README.md', import.meta.url)

test('the example in the README of host runs, in at most twenty lines', async () => {
  const code = /```js\n([^]*?)```/.exec(await readFile(readme, 'utf8'))?.[1] ?? ''
  expect(code.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(20)
  const folder = await mkdtemp(join(tmpdir(), 'nanoclaw-readme-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const script = code.replace(`'nanoclaw-home'`, JSON.stringify(join(folder, 'home')))
  expect(script).toContain(folder)
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@nanoclaw/source', '--input-type=module', '--eval', script],
    { cwd: import.meta.dirname },
  )
  expect({ stdout, stderr }).toEqual({ stdout: "[ 'echo: hello' ]\n", stderr: '' })
})
