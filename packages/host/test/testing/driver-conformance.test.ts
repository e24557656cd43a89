import { describe, expect, test } from 'vitest'
import { createProcessDriver } from '../../src/drivers/process.ts'
import type { MakeSessionDriver } from '../../src/host.ts'
import { driverConformance } from '../../src/testing.ts'
import { brokenDrivers } from './broken-drivers.ts'
import { createPlayedDriver } from './played-driver.ts'

describe('a broken driver is caught', () => {
  for (const [name, make] of Object.entries(brokenDrivers)) {
    test(`by: ${name}`, async () => {
      const cases = driverConformance(make, { patienceMs: 4_000 })
      const found = cases.find((one) => one.name === name)
      if (found === undefined) throw new Error(`the suite has no case called ${name}`)
      const failure: unknown = await found.run().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Error)
      const message = String(failure)
      expect(message).toMatch(/^Error: .{15}/)
      expect(message).toContain(`\n  Promised: ${name}\n`)
      expect(message).toMatch(/\n {2}Because: .{30}/)
    }, 60_000)
  }

  test('for every case of the suite there is one', () => {
    const names = driverConformance(createProcessDriver).map(({ name }) => name)
    expect(Object.keys(brokenDrivers).toSorted()).toEqual(names.toSorted())
  })
})

const hanging = {
  probe: 'its probe succeeds and leaves nothing behind',
  start: 'a ring goes in and a ring comes out, many times',
  list: 'another installation’s containers are not its own',
  // At the end of each case.
  stop: 'its probe succeeds and leaves nothing behind',
}

test.each(Object.entries(hanging))(
  'a driver whose %s() never comes to an end is caught within the patience',
  async (method, name) => {
    const play = createPlayedDriver({})
    const never = () => new Promise<never>(() => undefined)
    const make: MakeSessionDriver = (deps) => ({ ...play(deps), [method]: never })
    const found = driverConformance(make, { patienceMs: 100 }).find((one) => one.name === name)
    await expect(found?.run()).rejects.toThrow(`the end of ${method}() had not come after 100 ms`)
  },
)
