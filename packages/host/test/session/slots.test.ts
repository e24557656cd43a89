import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Slots, type SlotHolder } from '../../src/session/slots.ts'

interface TestHolder extends SlotHolder {
  idle: boolean
  evicted: number
  handedOn: number
}

function holder({ idle = false, agentId = 'one' } = {}): TestHolder {
  return {
    agentId,
    idle,
    evicted: 0,
    handedOn: 0,
    isIdle() {
      return this.idle
    },
    evict() {
      this.evicted += 1
    },
    handOn() {
      this.handedOn += 1
    },
  }
}

const never = new AbortController().signal

function slotsFor(maxContainers: number, slotMs = Infinity): Slots {
  return new Slots({ maxContainers, slotMs })
}

describe('slots for containers', () => {
  it('are given first come, first served within one agent', async () => {
    const slots = slotsFor(1)
    const [first, second, third] = [holder(), holder(), holder()]
    await slots.acquire(first, never)
    const order: string[] = []
    const waits = [
      slots.acquire(second, never).then(() => order.push('second')),
      slots.acquire(third, never).then(() => order.push('third')),
    ]
    expect(slots).toMatchObject({ inUse: 1, waiting: 2 })
    slots.release(first)
    slots.release(second)
    await Promise.all(waits)
    expect(order).toEqual(['second', 'third'])
  })

  it('are taken back from an idle holder when somebody waits, once for each', async () => {
    const slots = slotsFor(2)
    const [idle, busy, waiting] = [holder({ idle: true }), holder(), holder()]
    await slots.acquire(idle, never)
    await slots.acquire(busy, never)
    const wait = slots.acquire(waiting, never)
    slots.becameIdle()
    expect([idle.evicted, busy.evicted]).toEqual([1, 0])
    slots.release(idle)
    expect(await wait).toBe(true)
  })

  it('are taken back from a holder that becomes idle while somebody waits', async () => {
    const slots = slotsFor(1)
    const [busy, waiting] = [holder(), holder()]
    await slots.acquire(busy, never)
    const wait = slots.acquire(waiting, never)
    expect(busy.evicted).toBe(0)
    busy.idle = true
    slots.becameIdle()
    expect(busy.evicted).toBe(1)
    slots.release(busy)
    expect(await wait).toBe(true)
  })

  it('are not given to who has stopped waiting', async () => {
    const slots = slotsFor(1)
    const [first, gone, next] = [holder(), holder(), holder()]
    await slots.acquire(first, never)
    const abort = new AbortController()
    const wait = slots.acquire(gone, abort.signal)
    const nextWait = slots.acquire(next, never)
    abort.abort()
    expect(await wait).toBe(false)
    slots.release(first)
    expect(await nextWait).toBe(true)
    expect(slots).toMatchObject({ inUse: 1, waiting: 0 })
  })

  it('go to agents in turn: one with many sessions does not keep another from its first', async () => {
    const slots = slotsFor(1)
    const busy = holder()
    await slots.acquire(busy, never)
    const order: string[] = []
    const wait = (agentId: string, name: string) => {
      const waiting = holder({ agentId })
      const served = slots.acquire(waiting, never).then(() => {
        order.push(name)
        slots.release(waiting)
      })
      return served
    }
    const waits = ['a1', 'a2', 'a3'].map((name) => wait('a', name))
    waits.push(wait('b', 'b1'), wait('b', 'b2'), wait('c', 'c1'))
    slots.release(busy)
    await Promise.all(waits)
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  })
})

describe('a slot that is held by who always has work', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is handed on after its share of time, and not while nobody waits', async () => {
    const slots = new Slots({ maxContainers: 2, slotMs: 1_000 }, () => Date.now())
    const [first, second, waiting] = [holder(), holder(), holder()]
    await slots.acquire(first, never)
    await vi.advanceTimersByTimeAsync(600)
    await slots.acquire(second, never)
    await vi.advanceTimersByTimeAsync(300)
    void slots.acquire(waiting, never)
    expect([first.handedOn, second.handedOn]).toEqual([0, 0])
    await vi.advanceTimersByTimeAsync(100)
    expect([first.handedOn, second.handedOn]).toEqual([1, 0])
    await vi.advanceTimersByTimeAsync(5_000)
    expect([first.handedOn, second.handedOn]).toEqual([1, 0])
    first.idle = true
    slots.becameIdle()
    expect(first.evicted).toBe(1)
    slots.release(first)
    expect(slots).toMatchObject({ inUse: 2, waiting: 0 })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(second.handedOn).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('comes to everybody under a steady stream: agents in turn, the oldest first within one', async () => {
    const slotMs = 1_000
    const longestTurnMs = 400
    const scenario = fc.record({
      maxContainers: fc.integer({ min: 1, max: 4 }),
      agents: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 }),
      turns: fc.array(fc.integer({ min: 100, max: longestTurnMs }), {
        minLength: 5,
        maxLength: 20,
      }),
    })
    await fc.assert(
      fc.asyncProperty(scenario, async ({ maxContainers, agents, turns }) => {
        const slots = new Slots({ maxContainers, slotMs }, () => Date.now())
        const stop = new AbortController()
        const granted: { agentId: string; name: string }[] = []
        const waits: { ahead: number; others: number; ms: number }[] = []
        let turn = 0

        /** A session that never runs out of work: it holds its slot until it is asked. */
        const session = async (agentId: string, name: string, startMs: number): Promise<void> => {
          await new Promise((resolve) => setTimeout(resolve, startMs))
          for (;;) {
            const holding = holder({ agentId })
            const [since, before] = [Date.now(), granted.length]
            if (!(await slots.acquire(holding, stop.signal))) return
            const meanwhile = granted.slice(before)
            const own = meanwhile.filter((other) => other.agentId === agentId)
            expect(own.map((other) => other.name)).not.toContain(name)
            for (const other of new Set(meanwhile.map((each) => each.agentId))) {
              const theirs = meanwhile.filter((each) => each.agentId === other)
              expect(theirs.length).toBeLessThanOrEqual(own.length + 1)
            }
            waits.push({ ahead: own.length, others: meanwhile.length, ms: Date.now() - since })
            granted.push({ agentId, name })
            expect(slots.inUse).toBeLessThanOrEqual(maxContainers)
            while (holding.handedOn === 0 && !stop.signal.aborted) {
              const ms = turns[(turn += 1) % turns.length] ?? 1
              await new Promise((resolve) => setTimeout(resolve, ms))
            }
            slots.release(holding)
            // Who was given the slot has noted it before this one waits again.
            await new Promise((resolve) => setTimeout(resolve, 1))
          }
        }
        const sessions = agents.flatMap((count, agent) =>
          Array.from({ length: count }, (_, nth) =>
            session(`${agent}`, `${agent}.${nth}`, 1 + agent * 10 + nth),
          ),
        )
        await vi.advanceTimersByTimeAsync(40_000)
        const names = new Set(granted.map(({ name }) => name))
        expect(names.size).toBe(sessions.length)
        // Whoever waits is behind so many others at most, each with its share and a turn.
        const longest = Math.max(...waits.map(({ ms }) => ms))
        const rounds = Math.max(...agents) * agents.length
        expect(longest).toBeLessThanOrEqual(rounds * (slotMs + longestTurnMs))
        stop.abort()
        await vi.advanceTimersByTimeAsync(longestTurnMs)
        await Promise.all(sessions)
      }),
      { numRuns: 15 },
    )
  })
})
