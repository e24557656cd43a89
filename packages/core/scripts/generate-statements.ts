// Writes what Drizzle makes of the statements of core's models into *.generated.ts, so that nothing
// loads Drizzle when it runs: `node scripts/generate-statements.ts`. A test compares.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { statementSets, sourceOf } from './statement-sets.ts'

for (const set of statementSets) {
  await writeFile(join(import.meta.dirname, '..', set.file), await sourceOf(set))
}
