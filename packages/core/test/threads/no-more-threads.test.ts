import type * as workerThreads from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createThreadPool } from '../../src/threads/thread-pool.ts'
import { countingEntry, type Counter } from './support/counting-main.ts'

/** How many more threads the system gives. */
const system = vi.hoisted(() => ({ threads: 0 }))
vi.mock('node:worker_threads', async (original) => {
  const { Worker, ...rest } = await original<typeof workerThreads>()
  class Counted extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      if (system.threads === 0) throw new Error('Worker initialization failure: EAGAIN')
      super(...args)
      system.threads -= 1
    }
  }
  return { ...rest, Worker: Counted }
})

test('where the system gives no more threads those there are do the work; without any it says why', async () => {
  const pool = createThreadPool({ maximum: 4, entry: countingEntry })
  onTestFinished(() => pool.close())
  const open = () => pool.open<Counter>('counter', { from: 0 })
  await expect(open()).rejects.toMatchObject({
    code: 'io',
    message: expect.stringMatching(/EAGAIN.*databaseThreads: 0/),
  })
  system.threads = 1
  const files = await Promise.all([open(), open(), open()])
  // Each waits longer than what is taken for a slow disk.
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(files.flatMap((file) => [5, 5, 5, 5].map((ms) => file.call('wait', ms))))
  }
  const counts = await Promise.all(files.map((file) => file.call('add', 1)))
  expect([counts, system.threads]).toEqual([[1, 1, 1], 0])
})
