import { describe, expect, it } from 'vitest'
import { channelConformance } from '../src/testing.ts'
import { memoryHarness } from './support/memory-harness.ts'
import { platformProfiles } from './support/platform-profiles.ts'

const QUICK = { slowMs: 50 }

for (const [name, options] of Object.entries(platformProfiles)) {
  const without = options.echo === true ? [] : (['echo'] as const)
  describe.concurrent(`memory adapter on a platform: ${name}`, () => {
    const tests = channelConformance(() => memoryHarness(options), { ...QUICK, without })
    for (const test of tests) it(test.name, test.run)
  })
}

describe.concurrent('memory adapter in a direct chat', () => {
  const make = () => memoryHarness({ echo: true }, undefined, 'direct')
  for (const test of channelConformance(make, QUICK)) it(test.name, test.run)
})

describe('the list of tests', () => {
  it('leaves out what the platform cannot play, and nothing else', () => {
    const all = channelConformance(() => memoryHarness())
    const fewer = channelConformance(() => memoryHarness(), { without: ['echo'] })
    const gone = all.filter(({ name }) => !fewer.some((test) => test.name === name))
    expect(gone.map(({ name }) => name)).toEqual([
      'own messages are never handed over as somebody’s',
    ])
  })

  it('has no two tests of one name', () => {
    const names = channelConformance(() => memoryHarness()).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('waits for a host that is slow for ten seconds, unless told otherwise', async () => {
    const tests = channelConformance(() => memoryHarness())
    const test = tests.find(({ name }) => name.startsWith('a slow host'))
    const start = performance.now()
    await test?.run()
    expect(performance.now() - start).toBeGreaterThan(9_990)
  })
})
