import { expect, test } from 'vitest'
import { channelConformance } from '../../src/testing.ts'
import { altered, memoryHarness } from '../support/memory-harness.ts'

test('a look-up that rejects says unknown, and only what was sent has to be found', async () => {
  const suite = channelConformance(
    () =>
      memoryHarness({ echo: true, reconcile: true }, (memory) =>
        altered(memory, { reconcile: () => Promise.reject(new Error('no such key')) }),
      ),
    { patienceMs: 500, slowMs: 50 },
  ).filter(({ name }) => name.includes('reconcile, where there is one'))
  const failures = await Promise.all(
    suite.map(async ({ name, run }) => {
      const isKept = await run().then(
        () => true,
        () => false,
      )
      return isKept ? [] : [name]
    }),
  )
  expect(failures.flat()).toEqual([
    'reconcile, where there is one: what was sent is found, with its id',
  ])
})
