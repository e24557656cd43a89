import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@nanoclaw/daemon'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../architecture/tree.ts'
import { kindOf } from './block-kind.ts'
import { codeBlocks, placeOf, type CodeBlock } from './code-blocks.ts'
import { commandLists, commandsOf, installation, proofOf } from './commands.ts'
import { documents } from './documents.ts'
import { forms } from './forms.ts'

const blocks = documents().flatMap((document) => document.blocks)
const ofKind = (kind: string): CodeBlock[] => blocks.filter((each) => kindOf(each).kind === kind)
const bare = '```'

describe('every block of every document', () => {
  test('is run, compiled, read or listed as a form', () => {
    expect(blocks.length).toBeGreaterThan(20)
    for (const block of blocks) kindOf(block)
  })

  test('and a block that nobody runs is found', () => {
    const [block] = codeBlocks('README.md', `## Running it\n\n${bare}python\nx\n${bare}\n`)
    expect(() => block && kindOf(block)).toThrow('README.md:3: expected a block that can be run')
    const [form] = codeBlocks('README.md', `## Licence\n\n${bare}\nx\n${bare}\n`)
    expect(() => form && kindOf(form)).toThrow('README.md:3')
    expect(() => codeBlocks('a.md', `${bare}ts\nconst x = 1\n`)).toThrow('a.md:1')
  })

  test('of JSON can be read', () => {
    for (const block of [...ofKind('json'), ...ofKind('config')]) {
      expect(() => JSON.parse(block.code) as unknown, placeOf(block)).not.toThrow()
    }
  })

  test('of configuration is accepted by the daemon', async () => {
    const home = await mkdtemp(join(tmpdir(), 'nanoclaw-docs-'))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    for (const block of ofKind('config')) {
      await writeFile(join(home, 'config.json'), block.code)
      expect(() => loadConfig({ env: { NANOCLAW_HOME: home } }), placeOf(block)).not.toThrow()
    }
  })

  test('of commands has only such as a test performs', () => {
    const unproven = ofKind('commands')
      .filter(({ marks }) => marks.length === 0)
      .flatMap((block) => commandsOf(block).map(({ command }) => ({ block, command })))
      .filter(({ command }) => !installation.test(command))
      .filter(({ block, command }) => proofOf(block.document, command) === undefined)
    expect(unproven.map(({ block, command }) => `${placeOf(block)}: ${command}`)).toEqual([])
  })

  test('of commands is still there for each that is listed, and so is the test of it', () => {
    for (const list of commandLists) {
      const own = ofKind('commands').filter(({ document }) => list.documents.test(document))
      const found = own.flatMap(commandsOf).map(({ command }) => command)
      for (const [command, proof] of Object.entries(list.commands)) {
        expect(found).toContain(command)
        if ('test' in proof) expect(existsSync(join(ROOT, proof.test)), proof.test).toBe(true)
      }
    }
  })

  test('listed as a form is there', () => {
    const found = ofKind('form')
    for (const [document, headings] of Object.entries(forms)) {
      for (const heading of headings) {
        const isThere = found.some((each) => each.document === document && each.heading === heading)
        expect(isThere, `${document}, "${heading}"`).toBe(true)
      }
    }
  })
})

test('the example of a package’s README has at most twenty lines', () => {
  const examples = blocks.filter(
    ({ document, language }) =>
      /^(packages|apps)\/[^/]+\/README\.md$/.test(document) && ['ts', 'js'].includes(language),
  )
  for (const block of examples) {
    const lines = block.code.split('\n').filter((line) => line.trim() !== '')
    expect(lines.length, placeOf(block)).toBeLessThanOrEqual(20)
  }
})
