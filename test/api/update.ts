// Rewrites the pinned API reports from the built declarations: `npm run api`.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../support/published.ts'
import { apiEntries, apiReport, assertDeclarationsBuilt } from './reports.ts'

const entries = apiEntries()
assertDeclarationsBuilt(entries)
for (const entry of entries) {
  const file = join(ROOT, entry.report)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, apiReport(entry).text)
}
const wanted = new Set(entries.map(({ report }) => report))
for (const folder of new Set(entries.map((entry) => `${entry.folder}/api`))) {
  for (const name of readdirSync(join(ROOT, folder))) {
    if (!wanted.has(`${folder}/${name}`)) rmSync(join(ROOT, folder, name))
  }
}
