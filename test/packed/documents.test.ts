import { expect, test } from 'vitest'
import { documentCases, installedByDocuments } from '../docs/document-cases.ts'
import { publishedPackages } from '../support/published.ts'
import { installedManifest } from './support/consumer.ts'
import { packed } from './support/packed.ts'

for (const { name, run } of documentCases()) {
  test(name, () => run(packed().folder), 300_000)
}

test('what the documents tell people to install is what was packed, or installed beside it', () => {
  const names = installedByDocuments()
  for (const name of names) expect(installedManifest(packed(), name)).toMatchObject({ name })
  expect(names).toContain('@nanoclaw/host')
  expect(publishedPackages().map(({ name }) => name)).toEqual(
    expect.arrayContaining(names.filter((name) => name.startsWith('@nanoclaw/'))),
  )
})
