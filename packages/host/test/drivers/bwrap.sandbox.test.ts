import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'vitest'
import { createBwrapDriver } from '../../src/drivers/bwrap.ts'
import { driverConformance } from '../../src/testing/driver-conformance.ts'
import { withCanary } from './canary.ts'

const folder = await mkdtemp(path.join(tmpdir(), 'nanoclaw-probe-'))
const probe = await createBwrapDriver({ runFolder: folder }).probe()
await rm(folder, { recursive: true })
const skipped = probe.ok ? '' : ` (SKIPPED, bwrap does not work here: ${probe.reason})`

describe.skipIf(!probe.ok)(`bwrap driver${skipped}`, () => {
  for (const { name, run } of driverConformance((deps) => createBwrapDriver(deps))) {
    test(name, () => withCanary(run), 60_000)
  }
})
