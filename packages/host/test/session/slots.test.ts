import { describe, expect, it } from 'vitest'
import { Slots, type SlotHolder } from '../../src/session/slots.ts'

interface TestHolder extends SlotHolder {
  idle: boolean
  evicted: number
}

function holder(idle = false): TestHolder {
  return {
    idle,
    evicted: 0,
    isIdle() {
      return this.idle
    },
    evict() {
      this.evicted += 1
    },
  }
}

const never = new AbortController().signal

describe('slots for containers', () => {
  it('are given first come, first served', async () => {
    const slots = new Slots(1)
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
    const slots = new Slots(2)
    const [idle, busy, waiting] = [holder(true), holder(), holder()]
    await slots.acquire(idle, never)
    await slots.acquire(busy, never)
    const wait = slots.acquire(waiting, never)
    slots.becameIdle()
    expect([idle.evicted, busy.evicted]).toEqual([1, 0])
    slots.release(idle)
    expect(await wait).toBe(true)
  })

  it('are taken back from a holder that becomes idle while somebody waits', async () => {
    const slots = new Slots(1)
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
    const slots = new Slots(1)
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
})
