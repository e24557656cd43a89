import { expect, it, vi } from 'vitest'
import { retryBusy } from '../../src/session/retry-busy.ts'

function busyFor(times: number): () => Promise<string> {
  let left = times
  return async () => {
    left -= 1
    if (left >= 0) throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })
    return 'done'
  }
}

it('tries again while somebody else holds a lock', async () => {
  const options = { stuckAfterMs: 10_000, onStuck: () => undefined, signal: AbortSignal.abort() }
  await expect(retryBusy(busyFor(1), options)).rejects.toThrow('database is locked')
  const { signal } = new AbortController()
  expect(await retryBusy(busyFor(3), { ...options, signal })).toBe('done')
})

it('says once that it is stuck, and goes on [S10]', async () => {
  let told = 0
  const { signal } = new AbortController()
  const done = await retryBusy(busyFor(6), { stuckAfterMs: 0, onStuck: () => (told += 1), signal })
  expect([done, told]).toEqual(['done', 1])
})

it('does not count what the machine has slept through [S12]', async () => {
  let told = 0
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 3_600_000))
  const { signal } = new AbortController()
  await retryBusy(busyFor(4), { stuckAfterMs: 10_000, onStuck: () => (told += 1), signal })
  clock.mockRestore()
  expect(told).toBe(0)
})

it('passes every other error on at once', async () => {
  const { signal } = new AbortController()
  const options = { stuckAfterMs: 0, onStuck: () => undefined, signal }
  const broken = (): Promise<never> => Promise.reject(new Error('disk full'))
  await expect(retryBusy(broken, options)).rejects.toThrow('disk full')
})
