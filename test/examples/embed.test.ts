import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { childrenOfThisProcess } from '../support/children.ts'

const expected = {
  'embed-core': "{ localName: 'room', allowed: true, waiting: 1 }\n",
  'embed-host': 'echo: hello\n',
}
const mainOf = (name: string) =>
  fileURLToPath(new URL(`../../examples/${name}/main.ts`, import.meta.url))

describe.each(Object.entries(expected))('examples/%s', (name, output) => {
  test('is under twenty lines', async () => {
    const lines = (await readFile(mainOf(name), 'utf8')).split('\n')
    expect(lines.filter((line) => line.trim() !== '').length).toBeLessThan(20)
  })

  test('says what is expected, ends by itself, and runs again on its home', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'nanoclaw-example-'))
    onTestFinished(() => rm(cwd, { recursive: true, force: true }))
    const before = await childrenOfThisProcess()
    const run = () =>
      promisify(execFile)(process.execPath, ['--conditions=@nanoclaw/source', mainOf(name)], {
        cwd,
      })
    expect(await run()).toEqual({ stdout: output, stderr: '' })
    expect((await run()).stderr).toBe('')
    expect(await childrenOfThisProcess()).toEqual(before)
  })
})

test('the README of host shows the whole of embed-host', async () => {
  const readme = new URL('../../packages/host/README.md', import.meta.url)
  const code = /```js\n([^]*?)```/.exec(await readFile(readme, 'utf8'))?.[1]
  expect(code).toBe(await readFile(mainOf('embed-host'), 'utf8'))
})
