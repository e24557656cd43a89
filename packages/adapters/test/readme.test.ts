import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { channelConformance } from '../src/testing.ts'
import { memoryHarness } from './support/memory-harness.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const [example = ''] = /(?<=```ts\n)[\s\S]*?(?=```)/.exec(readme) ?? []

describe('the README', () => {
  it('has an example of at most twenty lines that runs', async () => {
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(20)
    const child = spawn(
      process.execPath,
      ['--conditions=@nanoclaw/source', '--input-type=module-typescript', '--eval', example],
      { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const [output, errors] = await Promise.all([readText(child.stdout), readText(child.stderr)])
    expect(errors).toBe('')
    const promises = output.match(/^(kept|BROKEN): .*$/gm) ?? []
    const { length } = channelConformance(memoryHarness)
    expect(promises).toHaveLength(length)
    expect(readme).toContain(`${length} promises`)
    for (const reason of output.match(/^ {2}.*$/gm) ?? []) {
      expect(reason).toContain('The harness has no ')
    }
    const [shown = ''] = /(?<=```text\n)kept[\s\S]*?(?=```)/.exec(readme) ?? []
    expect(shown).not.toBe('')
    expect(output.startsWith(shown)).toBe(true)
  })

  it('names every export that is not a type', async () => {
    const entries = ['index', 'memory', 'terminal', 'testing']
    for (const entry of entries) {
      const module: unknown = await import(`../src/${entry}.ts`)
      for (const name of Object.keys(Object(module))) expect(readme).toContain(`\`${name}`)
    }
  })
})
