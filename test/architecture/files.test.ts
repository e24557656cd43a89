import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  exportViolations,
  lengthViolations,
  lockViolations,
  nameViolations,
  pathViolations,
} from './rules/files.ts'
import { everySource, snippet } from './support.ts'
import { projectFiles, ROOT } from './tree.ts'

const EVERY_SOURCE = everySource()

describe('files', () => {
  test('have at most 300 lines of code', () => {
    expect(EVERY_SOURCE.flatMap(lengthViolations)).toEqual([])
    const long = (lines: number) =>
      snippet('packages/x/src/a.ts', `// a\n\n${'const a = `\n`\n'.repeat(lines / 2)}`)
    expect(lengthViolations(long(302))).toHaveLength(1)
    expect(lengthViolations(long(300))).toEqual([])
  })

  test('are named in kebab-case', () => {
    expect(nameViolations(projectFiles().map(({ path }) => path))).toEqual([])
    expect(
      nameViolations(['packages/x/src/sessionKey.ts', 'packages/X/src/a.ts', 'a/b_c.test.ts']),
    ).toHaveLength(3)
    expect(nameViolations(['a-b/c-1.sandbox.test.ts', '.ci/d.sh', 'README.md'])).toEqual([])
  })

  test('export by name', () => {
    expect(EVERY_SOURCE.flatMap(exportViolations)).toEqual([])
    for (const text of [
      "export * from './b.ts'",
      'export default 1',
      'export default function f() {}',
    ]) {
      expect(exportViolations(snippet('packages/x/src/index.ts', text))).toHaveLength(1)
    }
  })

  test('name no path of a machine', () => {
    expect(pathViolations(projectFiles())).toEqual([])
    // Put together, so that this file does not contain what is looked for.
    for (const place of ['home/somebody', 'tmp/x', 'root/.cache', 'data/projects', 'Users/ann']) {
      expect(pathViolations([{ path: 'a.md', text: `see (${'/'}${place}/y)` }])).toEqual([
        `a.md:1: names a path of some machine: ${'/'}${place}/y`,
      ])
    }
    const fine = ['/workspace/x', '"/usr/bin/env"', '/help', 'packages/a/b', '../a/b', 'a/b/c']
    const more = ['https://host/a/b', '/home/ann/.nanoclaw', '~/.cache/x', '/signal/.test(x)']
    const routes = ['POST /chats/CHAT/messages', '`/v1/updates`']
    for (const text of [...fine, ...more, ...routes]) {
      expect(pathViolations([{ path: 'a.md', text }])).toEqual([])
    }
  })

  test('lock packages by hash, not by address', () => {
    expect(lockViolations(readFileSync(`${ROOT}/pnpm-lock.yaml`, 'utf8'))).toEqual([])
    expect(lockViolations('    resolution: {tarball: https://host/a.tgz}')).toHaveLength(1)
  })
})
