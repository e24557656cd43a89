import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectFiles, ROOT } from '../architecture/tree.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const embedding = read('docs/embedding.md')
const adapter = read('docs/writing-an-adapter.md')
const operating = read('docs/operating.md')

/** What a pattern finds in a source, at least one, each once. */
function namesIn(path: string, pattern: RegExp): string[] {
  const names = [...read(path).matchAll(pattern)].map(([, name = '']) => name)
  expect(names, path).not.toEqual([])
  return [...new Set(names)]
}

const missing = (names: readonly string[], document: string): string[] =>
  names.filter((name) => !document.includes(`\`${name}`) && !document.includes(`('${name}')`))

test('every code of an error is explained to who embeds', () => {
  const codes = namesIn('packages/schema/src/errors.ts', /^ {2}\| '([a-z-]+)'$/gm)
  expect(missing(codes, embedding)).toEqual([])
})

test('every metric and span of the host is listed', () => {
  const metrics = /otel\.(?:durations|counter|level)\(\s*'([^']+)'/g
  expect(
    missing(namesIn('packages/host/src/telemetry/instruments.ts', metrics), embedding),
  ).toEqual([])
  const spans = /name: ['`]([a-z_]+)/g
  const files = ['telemetry', 'session-trace'].map(
    (name) => `packages/host/src/telemetry/${name}.ts`,
  )
  for (const file of files) expect(missing(namesIn(file, spans), embedding)).toEqual([])
})

test('every kind of incident is explained to operators', () => {
  const kind =
    /(?:[kK]ind(?: =|:)|Failed =|tell\(|trouble\(|keep\(|open\(session,)\s*'([a-z]+(?:-[a-z]+)+)'/g
  const sources = projectFiles().filter(({ path }) =>
    /^(packages\/host|apps\/daemon)\/src\//.test(path),
  )
  const kinds = sources.flatMap(({ text }) => [...text.matchAll(kind)].map(([, name = '']) => name))
  expect(kinds.length).toBeGreaterThan(15)
  expect(missing([...new Set(kinds)], operating)).toEqual([])
})

test('everything that a harness can supply or leave out stands in the table for it', () => {
  const harness = 'packages/adapters/src/testing/harness.ts'
  const functions = namesIn(harness, /^ {2}(?:readonly )?([a-zA-Z]+)\?[(:]/gm)
  const facets = namesIn(harness, /^ {2}\| '([a-z-]+)'$/gm)
  const others = ['fetch', 'dispose', 'idle', 'without', 'patienceMs', 'slowMs', 'senderName']
  const ofPosts = ['platformMessageId', 'buttons', 'reactions', 'file']
  const wanted = functions.filter((name) => ![...others, ...ofPosts].includes(name))
  expect(missing([...wanted, ...facets], adapter)).toEqual([])
})
