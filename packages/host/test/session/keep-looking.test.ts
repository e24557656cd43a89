import { createMemoryCore } from '@nanoclaw/core/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createLoopBudget } from '../../src/loop-budget.ts'
import { keepLooking, upkeepMs } from '../../src/session/keep-looking.ts'

test('what can wait is done over and over, whatever fails, until the end', async () => {
  await using core = await createMemoryCore()
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const done: string[] = []
  const errors: unknown[] = []
  const stop = keepLooking({
    core,
    loop: createLoopBudget(),
    registry: { list: () => [], restart: async () => undefined },
    settings: { tickMs: 1_000 },
    upkeep: [() => Promise.reject(new Error('busy')), async () => void done.push('done')],
    onError: (error) => errors.push(error),
    onDue: () => undefined,
  })
  await vi.advanceTimersByTimeAsync(2 * upkeepMs)
  stop()
  await vi.advanceTimersByTimeAsync(upkeepMs)
  expect([done.length, errors.length]).toEqual([2, 2])
})
