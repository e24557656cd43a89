import ts from 'typescript'
import { nodes, type Source } from '../source.ts'

const ID = /\[([A-Z]\d+)\]/g
const TESTS = /(\.test\.ts|\/(testing|conformance)(\/.*)?\.ts|\/testing\.ts)$|\/testing\//

/** All pitfalls that there are, and those that a test covers. */
export interface PitfallList {
  readonly ids: readonly string[]
  readonly tested: readonly string[]
}

/** The ids of the pitfalls: the first cells of the document's tables. */
export function documentedIds(document: string): string[] {
  return inOrder([...document.matchAll(/^\| *([A-Z]\d+) *\|/gm)].map(([, id = '']) => id))
}

/** The ids in square brackets in the titles of tests and of conformance cases. */
export function testedIds(sources: readonly Source[]): string[] {
  const found = sources
    .filter(({ path }) => TESTS.test(path) && !path.startsWith('test/architecture/'))
    .flatMap(({ ast }) => [...nodes(ast)])
    .filter(
      (node) => ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateTail(node),
    )
    .flatMap((node) => [...node.text.matchAll(ID)].map(([, id = '']) => id))
  return inOrder(found)
}

/** Where the list and the tests disagree. */
export function pitfallViolations(list: PitfallList, found: readonly string[]): string[] {
  const lost = list.tested.filter((id) => !found.includes(id))
  const unlisted = found.filter((id) => list.ids.includes(id) && !list.tested.includes(id))
  const unknown = found.filter((id) => !list.ids.includes(id))
  return [
    ...lost.map((id) => `${id} had a test and lost it`),
    ...unlisted.map((id) => `${id} has a test and is not in the list; update pitfalls.json`),
    ...unknown.map((id) => `${id} stands in a test's title and is no pitfall`),
  ]
}

/** Without repetitions, letters first, then numbers. */
export function inOrder(ids: readonly string[]): string[] {
  const key = (id: string): string => id.charAt(0) + id.slice(1).padStart(3, '0')
  return [...new Set(ids)].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}
