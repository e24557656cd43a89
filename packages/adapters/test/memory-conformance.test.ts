import { describe, expect, it } from 'vitest'
import type { MemoryAdapterOptions } from '../src/memory.ts'
import { channelConformance } from '../src/testing.ts'
import { memoryHarness } from './support/memory-harness.ts'

const bare = {
  threads: false,
  edits: false,
  reactions: false,
  buttons: false,
  cards: false,
  typing: false,
  files: false,
  textLength: 160,
  markdown: 'none',
  idempotency: 'none',
  history: false,
  deliveryReceipts: false,
} as const

const configurations: readonly (readonly [string, MemoryAdapterOptions])[] = [
  ['with everything', { echo: true, reconcile: true }],
  ['with nothing', { echo: true, capabilities: bare }],
  ['second bot that queues', { echo: true, channelType: 'sms', instance: 'b2', queued: true }],
]

for (const [name, options] of configurations) {
  describe(`memory adapter ${name}`, () => {
    for (const test of channelConformance(() => memoryHarness(options))) it(test.name, test.run)
  })
}

describe('the list of tests', () => {
  it('leaves out what the platform cannot play, and nothing else', () => {
    const all = channelConformance(() => memoryHarness())
    const fewer = channelConformance(() => memoryHarness(), { without: ['echo'] })
    const gone = all.filter(({ name }) => !fewer.some((test) => test.name === name))
    expect(gone.map(({ name }) => name)).toEqual([
      'own messages are never handed over as somebody else’s',
    ])
  })

  it('has no two tests of one name', () => {
    const names = channelConformance(() => memoryHarness()).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('fails, and says how to go on, when the harness lacks what it does not leave out', async () => {
    const tests = channelConformance(() => {
      const { fail: _fail, ...platform } = memoryHarness().platform
      return { ...memoryHarness(), platform }
    })
    const test = tests.find(({ name }) => name.includes('a chat that is gone'))
    await expect(test?.run()).rejects.toThrow(/Supply it, or.*without: \['gone'\]/)
  })
})
