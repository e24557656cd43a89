import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { copyHarness } from './support/copy-harness.ts'
import { packed } from './support/packed.ts'
import { run } from './support/run.ts'

const SUITES = ['adapters', 'core', 'host', 'container-runtime'] as const
const timeoutMs = 240_000

describe('the conformance suites, as packed', () => {
  const folder = (): string => join(packed().folder, 'suites')
  beforeAll(async () => {
    await cp(join(import.meta.dirname, 'suites'), folder(), { recursive: true })
    copyHarness('packages/adapters', join(folder(), 'support'))
  })

  const nodeTest = (name: string, node: string): Promise<string> =>
    run(node, ['--test', '--test-reporter=tap', `${name}.test.mjs`], {
      cwd: folder(),
      timeoutMs,
      node,
    })

  test.each(SUITES)(
    'of %s pass under node --test',
    async (name) => {
      const output = await nodeTest(name, process.execPath)
      expect(passed(output)).toBeGreaterThan(5)
    },
    timeoutMs,
  )

  test(
    'of adapters pass on the oldest Node of adapters',
    async () => {
      const output = await nodeTest('adapters', packed().runtimes.oldestNodeOfAdapters)
      expect(passed(output)).toBeGreaterThan(5)
    },
    timeoutMs,
  )

  test(
    'of adapters pass on Bun',
    async () => {
      const { bun } = packed().runtimes
      await run(bun, ['test', './adapters.test.mjs'], { cwd: folder(), timeoutMs })
    },
    timeoutMs,
  )
})

/** How many tests Node has counted as passed, none of them skipped. */
function passed(tap: string): number {
  const count = (what: string): number =>
    Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(tap)?.[1])
  expect([count('fail'), count('skipped'), count('todo'), count('cancelled')]).toEqual([0, 0, 0, 0])
  return count('pass')
}
