import { describe, test } from 'vitest'
import { createProcessDriver } from '../../src/drivers/process.ts'
import { driverConformance } from '../../src/testing/driver-conformance.ts'
import { withCanary } from './canary.ts'

describe('process driver', () => {
  for (const { name, run } of driverConformance((deps) => createProcessDriver(deps))) {
    test(name, () => withCanary(run), 60_000)
  }
})
