import { fileURLToPath } from 'node:url'
import { explainSqliteError, isBusy, isNanoclawError } from '@nanoclaw/schema'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createThreadPool } from '../../src/threads/thread-pool.ts'
import type { AnyThreads } from '../../src/threads/types.ts'
import type { Counter } from './support/counting-main.ts'

const entry = fileURLToPath(new URL('./support/counting-main.ts', import.meta.url))

describe('threads', () => {
  const pools: AnyThreads[] = []
  const pool = (maximum = 4, idleMs = 10_000) => {
    const made = createThreadPool({ maximum, entry, idleMs })
    pools.push(made)
    return made
  }
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((made) => made.close()))
  })
  const counter = (threads: AnyThreads, from = 0) => threads.open<Counter>('counter', { from })

  test('do what is asked of one file in the order it is asked', async () => {
    const threads = pool()
    const files = await Promise.all(
      [0, 1].map(() => {
        const shared = new SharedArrayBuffer(4)
        return threads.open<Counter>('counter', { from: 0, shared })
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1), { maxLength: 30 }), async (which) => {
        const begun = await Promise.all(files.map((file) => file.call('add', 0)))
        const counts = await Promise.all(
          which.map(async (index) => await files[index]?.call('add', 1)),
        )
        expect(counts).toEqual(which.map((index) => (begun[index] = (begun[index] ?? 0) + 1)))
      }),
      { numRuns: 20 },
    )
  })

  test('let errors cross whole', async () => {
    const file = await counter(pool())
    const caught = async (call: Promise<unknown>): Promise<unknown> =>
      call.then(
        () => undefined,
        (error: unknown) => error,
      )
    const locked = await caught(file.call('failAsSqlite'))
    expect(isBusy(locked)).toBe(true)
    expect(locked).toMatchObject({ message: 'database is locked', code: 'SQLITE_BUSY_SNAPSHOT' })
    const full = await caught(file.call('failAsOurs'))
    expect(isNanoclawError(full)).toBe(true)
    expect(full).toMatchObject({
      ...{ name: 'NanoclawError', code: 'disk-full', message: 'no space left' },
      cause: { name: 'TypeError', message: 'under it', code: 'SQLITE_FULL' },
    })
    expect(explainSqliteError((full as Error).cause, 'a')).toMatchObject({ code: 'disk-full' })
    await expect(counter(pool(), -1)).rejects.toMatchObject({ code: 'bad-option' })
    await expect(file.call('answerWithNoData')).rejects.toMatchObject({ name: 'DataCloneError' })
    await expect(file.call('add', (() => 1) as never)).rejects.toMatchObject({
      name: 'DataCloneError',
    })
  })

  test('are one for files that wait for nothing, and more where they wait', async () => {
    const threads = pool(3)
    const files = await Promise.all(Array.from({ length: 6 }, () => counter(threads)))
    const where = async () => new Set(await Promise.all(files.map((file) => file.call('thread'))))
    expect((await where()).size).toBe(1)
    const work = () => Promise.all(files.map((file) => file.call('wait', 5)))
    for (let round = 0; round < 10 && (await where()).size < 3; round += 1) await work()
    expect((await where()).size).toBe(3)
    const begun = performance.now()
    await Promise.all(files.map((file) => file.call('wait', 100)))
    expect(performance.now() - begun).toBeLessThan(400)
  })

  test('are one where those who ask are busy, and no disk is slow', async () => {
    const threads = pool(3)
    const files = await Promise.all(Array.from({ length: 6 }, () => counter(threads)))
    for (let round = 0; round < 50; round += 1) {
      const asked = files.map((file) => file.call('add', 1))
      const until = performance.now() + 5
      while (performance.now() < until) continue
      await Promise.all(asked)
    }
    expect(new Set(await Promise.all(files.map((file) => file.call('thread')))).size).toBe(1)
  })

  test('do what is asked together with what cannot be sent, or answered', async () => {
    const file = await counter(pool())
    const outcomes = await Promise.allSettled([
      ...[file.call('add', 1), file.call('add', (() => 1) as never), file.call('add', 1)],
      ...[file.call('answerWithNoData'), file.call('add', 1), file.call('failAsOurs')],
      file.call('add', 1),
    ])
    expect(
      outcomes.map((one) =>
        one.status === 'fulfilled' ? one.value : Reflect.get(one.reason, 'name'),
      ),
    ).toEqual([1, 'DataCloneError', 2, 'DataCloneError', 3, 'NanoclawError', 4])
  })

  test('end when they have nothing to do, and files go on in the first', async () => {
    const threads = pool(2, 100)
    const files = await Promise.all([counter(threads), counter(threads), counter(threads)])
    const where = async () => new Set(await Promise.all(files.map((file) => file.call('thread'))))
    const work = () => Promise.all(files.map((file) => file.call('wait', 5)))
    while ((await where()).size < 2) await work()
    await expect
      .poll(where, { interval: 250, timeout: 5_000 })
      .toSatisfy((found: Set<number>) => found.size === 1)
  })

  test('that die fail what they were at, and the next call opens anew', async () => {
    const threads = pool(1)
    const [one, other] = await Promise.all([counter(threads, 5), counter(threads, 7)])
    await one.call('add', 1)
    const calls = [one.call('die'), one.call('add', 1), other.call('add', 1)]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'io' })
    expect(await Promise.all([one.call('add', 1), one.call('add', 1)])).toEqual([6, 7])
    expect(await other.call('add', 1)).toBe(8)
    const last = one.call('die')
    await expect(last).rejects.toMatchObject({ code: 'io' })
    await one.close()
  })

  test('do what was asked before they are closed, and nothing afterwards', async () => {
    const threads = pool(2)
    const [one, other] = await Promise.all([counter(threads), counter(threads)])
    const asked = [one.call('wait', 20), one.call('add', 2), other.call('add', 3)]
    await Promise.all([one.close(), threads.close(), threads.close()])
    expect(await Promise.all(asked)).toEqual([undefined, 2, 3])
    for (const file of [one, other]) {
      await expect(file.call('add', 1)).rejects.toMatchObject({ code: 'closed' })
      await file.close()
    }
    await expect(counter(threads)).rejects.toMatchObject({ code: 'closed' })
  })
})
