import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLayout } from '@nanoclaw/schema'
import { describe, test } from 'vitest'
import { createInProcessReader } from '../../src/reader/in-process-reader.ts'
import { readerConformance } from '../../src/testing/reader-conformance.ts'

describe('the in-process reader', () => {
  const cases = readerConformance(async () => {
    const home = await mkdtemp(join(tmpdir(), 'nc-reader-'))
    const layout = createLayout(home)
    return {
      layout,
      reader: createInProcessReader({ layout }),
      dispose: () => rm(home, { recursive: true, force: true }),
    }
  })
  for (const { name, run } of cases) test(name, run)
})
