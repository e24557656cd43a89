import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  channelConformance,
  leftOutOfConformance,
  type ConformanceHarness,
  type ConformanceTest,
} from '../src/testing.ts'
import { altered, memoryHarness } from './support/memory-harness.ts'

const QUICK = { patienceMs: 150, slowMs: 50 }
const never = new Promise<never>(() => undefined)

async function failureOf(test: ConformanceTest | undefined): Promise<Error | undefined> {
  return await test?.run().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  )
}

function testOf(make: () => ConformanceHarness, name: string): ConformanceTest | undefined {
  return channelConformance(make, QUICK).find((test) => test.name.includes(name))
}

describe('the suite ends', () => {
  it('all of it, for an adapter that never stops, and says so of each test', async () => {
    const make = () => memoryHarness({}, (memory) => altered(memory, { stop: () => never }))
    const start = performance.now()
    const failures: (Error | undefined)[] = []
    for (const test of channelConformance(make, QUICK)) failures.push(await failureOf(test))
    expect(performance.now() - start).toBeLessThan(60_000)
    expect(failures).not.toContain(undefined)
  }, 90_000)

  it('for an adapter whose deliver() and whose start() never settle', async () => {
    for (const call of ['deliver', 'start'] as const) {
      const make = () => memoryHarness({}, (memory) => altered(memory, { [call]: () => never }))
      const failure = await failureOf(testOf(make, 'two sends with different keys'))
      expect(failure?.message).toMatch(
        new RegExp(`^${call}\\(\\) did not settle \\(waited \\d+ ms`),
      )
    }
  })

  it('for a harness that never settles, and says that it was the harness', async () => {
    const parts = [
      { platform: { ...memoryHarness().platform, sendMessage: () => never } },
      { dispose: () => never },
    ]
    const failures = parts.map((part) => {
      const make = () => ({ ...memoryHarness(), ...part })
      return failureOf(testOf(make, 'two messages are two events'))
    })
    for (const failure of await Promise.all(failures)) {
      expect(failure?.message).toMatch(/^The harness: \S+\(\) did not settle \(waited 5000 ms\)\.$/)
    }
  }, 20_000)
})

describe('a failure', () => {
  const stopless = () => memoryHarness({}, (memory) => altered(memory, { stop: () => never }))

  it('of stop() after a test is told as that, not as the promise of the test', async () => {
    const failure = await failureOf(testOf(stopless, 'two messages are two events'))
    expect(failure?.message).toBe(
      'After the test stop() did not resolve (waited 150 ms).\n' +
        '  Promised: stop() resolves when nothing is in flight.\n' +
        '  Because: A shutdown that waits for ever is killed in the middle of its work.',
    )
  })

  it('says everything once, and not where in the suite it was found', async () => {
    const failure = await failureOf(testOf(stopless, 'two messages are two events'))
    expect(inspect(failure)).toBe(`BrokenPromise: ${failure?.message}`)
    expect(Object.keys(failure ?? {})).toEqual([])
  })

  it('shows what the adapter threw', async () => {
    const broken = () =>
      memoryHarness({}, (memory) =>
        altered(memory, { start: () => Promise.reject(new RangeError('no such port')) }),
      )
    const failure = await failureOf(testOf(broken, 'two messages are two events'))
    expect(inspect(failure)).toMatch(
      /^BrokenPromise: It threw RangeError: no such port\.\n.*RangeError/s,
    )
  })
})

describe('what is left out', () => {
  it('can be named, and is what the list lacks', () => {
    const without = ['echo', 'crash'] as const
    const make = () => memoryHarness()
    const all = channelConformance(make).map(({ name }) => name)
    const run = channelConformance(make, { without }).map(({ name }) => name)
    expect(leftOutOfConformance(without)).toEqual(all.filter((name) => !run.includes(name)))
    expect(leftOutOfConformance([])).toEqual([])
  })
})
