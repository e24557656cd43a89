import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../architecture/tree.ts'
import { documents, type DocumentText } from './documents.ts'

const all = documents()

/** The name that a heading has in a link, as GitHub and npm make it. */
function anchor(heading: string): string {
  const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')
}

function anchorsOf({ text }: DocumentText): string[] {
  const prose = text.replace(/^```[^]*?^```$/gm, '')
  return [...prose.matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) => anchor(heading))
}

function linksOf({ text }: DocumentText): string[] {
  const prose = text.replace(/^```[^]*?^```$/gm, '')
  const found = [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
  return found.map(([, link, attribute]) => link ?? attribute ?? '')
}

/** What stands in a package is read where nothing of the repository lies beside it. */
const REPOSITORY = /^https:\/\/github\.com\/nanoclaw\/nanoclaw\/(?:blob|tree)\/main\//

function isBroken(document: DocumentText, link: string): boolean {
  const inside = REPOSITORY.test(link)
  if (/^[a-z]+:/.test(link) && !inside) return false
  const [file = '', name] = link.replace(REPOSITORY, '').split('#')
  const folder = inside ? '' : dirname(document.path)
  const path = file === '' ? document.path : normalize(join(folder, file))
  if (!existsSync(join(ROOT, path))) return true
  if (name === undefined) return false
  const target = all.find((each) => each.path === path)
  return target !== undefined && !anchorsOf(target).includes(name)
}

test('every link from a document to another, or into one, leads somewhere', () => {
  const broken = all.flatMap((document) =>
    linksOf(document)
      .filter((link) => isBroken(document, link))
      .map((link) => `${document.path}: ${link}`),
  )
  expect(broken).toEqual([])
})

test('no README that is published leads out of its package by a path', () => {
  const leading = all
    .filter(({ path }) => /^(packages|apps)\/[^/]+\/README\.md$/.test(path))
    .flatMap((document) => linksOf(document).map((link) => `${document.path}: ${link}`))
    .filter((link) => link.includes(': ../'))
  expect(leading).toEqual([])
})

test('a link to nowhere is found', () => {
  const document = { path: 'docs/x.md', text: '# One, two\n', blocks: [] }
  expect(isBroken(document, '../README.md')).toBe(false)
  expect(isBroken(document, '../NOTHING.md')).toBe(true)
  const absolute = 'https://github.com/nanoclaw/nanoclaw/blob/main/'
  expect(isBroken(document, `${absolute}docs/README.md`)).toBe(false)
  expect(isBroken(document, `${absolute}docs/NOTHING.md`)).toBe(true)
  expect(anchorsOf(document)).toEqual(['one-two'])
  expect(isBroken(all[0] ?? document, '#no-such-heading')).toBe(true)
})
