import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { publishedPackages, ROOT } from '../support/published.ts'

describe.each(publishedPackages())('the README of $name', ({ folder, name, manifest }) => {
  const readme = (): string => readFileSync(join(ROOT, folder, 'README.md'), 'utf8')

  test('begins with the name and one sentence', () => {
    const [title, sentence = ''] = readme().split('\n\n')
    expect(title).toBe(`# ${name}`)
    expect(sentence.replaceAll('\n', ' ')).toMatch(/^[^.]+(\.\S[^.]*)*\.$/)
  })

  const sources = Object.values(manifest.exports ?? {}).flatMap((target) =>
    typeof target === 'string' ? [] : (target['@nanoclaw/source'] ?? []),
  )

  test.each(sources)('names everything that %s exports but types', async (source) => {
    const module: unknown = await import(join(ROOT, folder, source))
    const names = Object.keys(Object(module))
    expect(names.filter((each) => !readme().includes(`\`${each}`))).toEqual([])
  })
})
