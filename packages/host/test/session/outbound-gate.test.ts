import fc from 'fast-check'
import { expect, it } from 'vitest'
import { defaultLimits, type HostLimits } from '../../src/limits.ts'
import { OutboundGate } from '../../src/session/outbound-gate.ts'

/** A gate on a clock and a ledger of its own. */
function gateFor(limits: Partial<HostLimits>) {
  const world = { now: 0, waiting: 0, counts: 0 }
  const gate = new OutboundGate({
    limits: { ...defaultLimits(), ...limits },
    now: () => world.now,
    mailbox: {
      undelivered: async (limit) => {
        world.counts += 1
        return Math.min(limit, world.waiting)
      },
    },
  })
  const take = async (wanted = 200): Promise<number> => {
    const rows = await gate.admit(wanted)
    gate.took(rows)
    world.waiting += rows
    return rows
  }
  return { gate, world, take }
}

it('takes what comes without asking the database, but once and near the limit', async () => {
  const { gate, world, take } = gateFor({ undeliveredRows: 10_000, rowsPerSecond: Infinity })
  for (let read = 0; read < 49; read += 1) {
    expect(await take()).toBe(200)
    world.waiting = 0
    gate.caughtUp()
  }
  expect(world.counts).toBe(1)
  await take()
  expect(await take()).toBe(200)
  expect(world.counts).toBe(2)
})

it('lets no more wait than may, and goes on when one in five has gone', async () => {
  const { gate, world, take } = gateFor({ undeliveredRows: 500, rowsPerSecond: Infinity })
  expect([await take(), await take(), await take(), await take()]).toEqual([200, 200, 100, 0])
  expect(gate.hold()).toMatchObject({ kind: 'outbound-backlog', isNew: true, verdict: undefined })
  expect(gate.isHolding).toBe(true)
  world.waiting = 401
  expect(await take()).toBe(0)
  expect(gate.hold()).toMatchObject({ isNew: false })
  world.waiting = 399
  expect(await take()).toBe(101)
  expect(await take()).toBe(0)
  world.waiting = 0
  expect(await take(50)).toBe(50)
  expect(gate.caughtUp()).toEqual(['outbound-backlog'])
  expect(gate.isHolding).toBe(false)
  expect(gate.caughtUp()).toEqual([])
})

it('takes a burst at once, and then so many a second, in few reads', async () => {
  const { gate, world, take } = gateFor({ rowsPerSecond: 100, rowsBurst: 1_000 })
  for (let read = 0; read < 5; read += 1) expect(await take()).toBe(200)
  expect(await take()).toBe(0)
  expect(gate.hold()).toMatchObject({ kind: 'outbound-flood', isNew: true })
  world.now += 999
  expect(await take()).toBe(0)
  world.now += 1
  expect(await take()).toBe(100)
  expect(await take()).toBe(0)
  world.now += 3_600_000
  expect(gate.caughtUp()).toEqual(['outbound-flood'])
  for (let read = 0; read < 5; read += 1) expect(await take()).toBe(200)
  expect(await take()).toBe(0)
})

it('says that a container which stays ahead is to be ended, and of one that catches up not', async () => {
  const limits = { rowsPerSecond: 100, rowsBurst: 100, backPressureMs: 10_000 }
  const { gate, world, take } = gateFor(limits)
  const aheadFor = async (seconds: number) => {
    let verdict: string | undefined
    for (let second = 0; second < seconds; second += 1) {
      while ((await take()) > 0);
      verdict = gate.hold().verdict
      world.now += 1_000
    }
    return verdict
  }
  expect(await aheadFor(10)).toBeUndefined()
  gate.caughtUp()
  expect(await aheadFor(5)).toBeUndefined()
  // The machine has slept meanwhile.
  world.now += 3_600_000
  expect(await aheadFor(1)).toBeUndefined()
  expect(await aheadFor(10)).toBe('it has written more than 100 messages a second for 10 s')
})

it('never takes more than the burst and what time allows, nor lets more wait than may', async () => {
  const step = fc.record({
    passes: fc.integer({ min: 0, max: 5_000 }),
    goes: fc.integer({ min: 0, max: 300 }),
    wanted: fc.integer({ min: 1, max: 200 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const limits = { rowsPerSecond: 50, rowsBurst: 300, undeliveredRows: 400 }
      const { gate, world, take } = gateFor(limits)
      let taken = 0
      for (const { passes, goes, wanted } of steps) {
        world.now += passes
        world.waiting = Math.max(0, world.waiting - goes)
        const rows = await take(wanted)
        taken += rows
        if (rows === 0) gate.hold()
        expect(rows).toBeLessThanOrEqual(wanted)
        expect(world.waiting).toBeLessThanOrEqual(400)
        expect(taken).toBeLessThanOrEqual(300 + (world.now / 1_000) * 50)
      }
    }),
  )
})
