import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { runScript } from './database/workbench.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const example = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? ''

test('the example of the README runs, in at most twenty lines', async () => {
  expect(example.trim().split('\n').length).toBeLessThanOrEqual(20)
  const { code, output } = await runScript(example).ended
  expect({ code, output }).toEqual({ code: 0, output: "1000 1 { text: 'hello' }\n" })
})
