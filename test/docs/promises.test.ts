import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { documents } from './documents.ts'
import { projectFiles } from '../architecture/tree.ts'

const PATH = 'docs/delivery-promises.md'
/** A link to a source, whose text is the title of a test in it and may have brackets. */
const PROOF = /\[((?:[^[\]]|\[[^\]]*\])+)\]\(([^)#]+\.ts)\)/g

const text = documents().find(({ path }) => path === PATH)?.text ?? ''
const sources = new Map(projectFiles().map((file) => [file.path, file.text]))

function proofsOf(section: string): { title: string; file: string }[] {
  return [...section.matchAll(PROOF)].map(([, title = '', link = '']) => ({
    title: title.replace(/\s+/g, ' '),
    file: normalize(join(dirname(PATH), link)),
  }))
}

test('every promise of delivery names the tests that show it, and they are there', () => {
  const promises = text.split(/^(?=#{2,3} )/m).filter((section) => section.startsWith('### '))
  expect(promises.length).toBeGreaterThan(10)
  for (const promise of promises) expect(proofsOf(promise), promise).not.toEqual([])
  const lost = proofsOf(text).filter(({ title, file }) => !sources.get(file)?.includes(title))
  expect(lost).toEqual([])
})
