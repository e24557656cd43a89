import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { documentedIds, inOrder, pitfallViolations, testedIds } from './rules/pitfalls.ts'
import { parse, sources } from './source.ts'
import { projectFiles } from './tree.ts'

const DOCUMENT = new URL('../../docs/pitfalls.md', import.meta.url)
const LIST = new URL('pitfalls.json', import.meta.url)
const UPDATE = process.env.NANOCLAW_UPDATE_PITFALLS === '1'

describe('the pitfalls that this project owes a test', () => {
  test('are listed as tested exactly when a test names them (NANOCLAW_UPDATE_PITFALLS=1 rewrites the list)', () => {
    const ids = documentedIds(readFileSync(DOCUMENT, 'utf8'))
    const { tested } = JSON.parse(readFileSync(LIST, 'utf8')) as { tested: string[] }
    const list = { ids, tested }
    const found = testedIds(sources(projectFiles()))
    const owed = inOrder(list.ids).filter((id) => !found.includes(id))
    console.log(`pitfalls without a test (${owed.length} of ${list.ids.length}): ${owed.join(' ')}`)
    if (UPDATE) {
      const known = found.filter((id) => list.ids.includes(id))
      writeFileSync(LIST, `${JSON.stringify({ tested: known }, undefined, 2)}\n`)
    } else {
      expect(pitfallViolations(list, found)).toEqual([])
    }
  })

  test('are the rows of the document’s tables', () => {
    const document =
      '## A\n| id | what |\n| --- | --- |\n| L2 | x |\n| L10 | see X1 |\n\n|X3|y|\nL4'
    expect(documentedIds(document)).toEqual(['L2', 'L10', 'X3'])
    expect(documentedIds(readFileSync(DOCUMENT, 'utf8')).length).toBeGreaterThan(60)
  })

  test('are read from titles of tests and conformance cases, not from comments', () => {
    const one = parse({
      path: 'packages/x/test/a.test.ts',
      text: "// [L1]\ntest('[L2] does', f); test.each(t)(`[W3] ` + `[X4]`, f)",
    })
    const two = parse({
      path: 'packages/x/src/testing/suite.ts',
      text: "export const cases = [{ name: '[S5] does', run }]",
    })
    const other = parse({ path: 'packages/x/src/rule.ts', text: "const rule = '[L6]'" })
    expect(testedIds([one, two, other])).toEqual(['L2', 'S5', 'W3', 'X4'])
  })

  test('are missed when a test is lost, not listed, or names an id that does not exist', () => {
    const list = { ids: ['L1', 'L2', 'L3'], tested: ['L1'] }
    expect(pitfallViolations(list, ['L2', 'Z9'])).toEqual([
      'L1 had a test and lost it',
      'L2 has a test and is not in the list; update pitfalls.json',
      "Z9 stands in a test's title and is no pitfall",
    ])
  })
})
