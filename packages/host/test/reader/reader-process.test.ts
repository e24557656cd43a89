import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readerConformance } from '@nanoclaw/core/testing'
import { createLayout } from '@nanoclaw/schema'
import { describe, test } from 'vitest'
import { createReaderProcess } from '../../src/reader/reader-process.ts'
import { silentLogger } from './workbench.ts'

describe('the reader process', () => {
  const cases = readerConformance(async () => {
    const home = await mkdtemp(join(tmpdir(), 'nc-reader-'))
    const layout = createLayout(home)
    return {
      layout,
      reader: createReaderProcess({ layout, logger: silentLogger }),
      dispose: () => rm(home, { recursive: true, force: true }),
    }
  })
  for (const { name, run } of cases) test(name, run)
})
