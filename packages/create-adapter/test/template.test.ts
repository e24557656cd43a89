import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { run } from './support/run.ts'

const own = join(import.meta.dirname, '..')
const template = join(own, 'template')

it('passes its own tests, and the conformance suite', async () => {
  const { code, stdout } = await run(['--test', 'test/**/*.test.ts'], { cwd: template })
  expect(code, stdout).toBe(0)
  expect(Number(/^ℹ pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(80)
  expect(stdout).toMatch(/^ℹ skipped 0$/m)
}, 90_000)

it('is tested with what it asks for', async () => {
  const [made, ours, root] = await Promise.all(
    ['template/_package.json', 'package.json', '../../package.json'].map(dependenciesIn),
  )
  expect(made?.zod).toBe(`^${ours?.zod}`)
  for (const name of ['typescript', '@types/node']) expect(made?.[name]).toBe(`^${root?.[name]}`)
})

async function dependenciesIn(path: string): Promise<Record<string, string>> {
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(own, path), 'utf8'))
  return { ...dependencies, ...devDependencies }
}
