import type * as workerThreads from 'node:worker_threads'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createThreadPool } from '../../src/threads/thread-pool.ts'
import type { ThreadFile } from '../../src/threads/types.ts'
import {
  createStage,
  type Played,
  type PlayedThread,
  type Stage,
} from './support/played-threads.ts'

const playing = vi.hoisted(() => ({ start: (): unknown => undefined }))
vi.mock('node:worker_threads', async (original) => ({
  ...(await original<typeof workerThreads>()),
  Worker: function played() {
    return playing.start()
  },
}))
const { PlayedThread: Thread } = await import('./support/played-threads.ts')

const [fastMs, slowMs] = [0.25, 20]
type File = ThreadFile<Played>

/** A pool on a stage with files that somebody asks things of. */
async function played(maximum: number, count: number) {
  const stage: Stage = createStage()
  playing.start = (): PlayedThread => new Thread(stage)
  const pool = createThreadPool({ maximum, entry: 'played.js' })
  const opened = Promise.all(
    Array.from({ length: count }, () => pool.open<Played>('played', undefined)),
  )
  await vi.advanceTimersByTimeAsync(1_000)
  const files: readonly File[] = await opened
  const asked: { file: number; count: number; answer: Promise<unknown> }[] = []
  const counts = files.map(() => 0)
  let most = 0

  function ask(index: number): void {
    const file = files[index % files.length]
    const next = (counts[index % files.length] ?? 0) + 1
    counts[index % files.length] = next
    const answer = file?.call('add', next).catch((error: unknown) => error)
    asked.push({ file: index % files.length, count: next, answer: Promise.resolve(answer) })
  }

  return {
    ...{ stage, pool, files, asked },
    most: () => most,
    ask,
    /** Something is asked of every file each so many milliseconds. */
    async load(milliseconds: number, eachMs: number): Promise<void> {
      for (let passed = 0; passed < milliseconds; passed += eachMs) {
        for (const index of files.keys()) ask(index)
        await vi.advanceTimersByTimeAsync(eachMs)
        most = Math.max(most, stage.threads.size)
      }
    },
  }
}

/** Until all has been answered: what it was, in the order it was asked. */
async function answersOf({ asked }: Awaited<ReturnType<typeof played>>) {
  const answers = Promise.all(asked.map(({ answer }) => answer))
  await vi.advanceTimersByTimeAsync(60_000)
  return answers
}

describe('on a disk that is no longer slow, threads', () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: [
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'setImmediate',
        'performance',
      ],
    })
  })
  afterEach(() => vi.useRealTimers())

  test('end one after the other under steady load, until there is one', async () => {
    const run = await played(6, 12)
    const { stage } = run
    stage.tookMs = slowMs
    await run.load(5_000, 100)
    expect(stage.threads.size).toBe(6)
    stage.tookMs = fastMs
    await run.load(9_000, 10)
    expect(stage.threads.size).toBe(6)
    const counts = [6]
    for (let step = 0; step < 80; step += 1) {
      await run.load(500, 10)
      counts.push(stage.threads.size)
    }
    expect(counts.at(-1)).toBe(1)
    for (const [at, count] of counts.entries()) {
      // One at a time, five seconds apart.
      expect((counts[Math.max(0, at - 9)] ?? 0) - count).toBeLessThanOrEqual(1)
    }
    expect(await answersOf(run)).toEqual(run.asked.map(({ count }) => count))
    expect([stage.started, stage.faults]).toEqual([6, []])
  })

  test('end though a file of theirs is never at rest', async () => {
    const run = await played(2, 2)
    const { stage } = run
    stage.tookMs = slowMs
    await run.load(3_000, 100)
    expect(stage.threads.size).toBe(2)
    stage.tookMs = 1.5
    let isOver = false
    // The next is asked before the last is answered.
    const chain = async (file: File): Promise<void> => {
      let before = file.call('add', 0)
      while (!isOver) {
        const next = file.call('add', 0)
        await before
        before = next
      }
      await before
    }
    const chains = run.files.map(chain)
    await vi.advanceTimersByTimeAsync(25_000)
    expect(stage.threads.size).toBe(1)
    isOver = true
    await vi.advanceTimersByTimeAsync(1_000)
    await Promise.all(chains)
    expect(stage.faults).toEqual([])
  })

  test('do not come and go while it is slow', async () => {
    const run = await played(4, 8)
    run.stage.tookMs = slowMs
    await run.load(5_000, 100)
    for (let minute = 0; minute < 3; minute += 1) {
      await run.load(60_000, 100)
      expect([run.stage.threads.size, run.stage.started]).toEqual([4, 4])
    }
    expect(run.stage.faults).toEqual([])
  })

  test('stay if it is slow again before the one that is to end has ended', async () => {
    const run = await played(3, 9)
    const { stage } = run
    stage.tookMs = slowMs
    await run.load(5_000, 100)
    stage.tookMs = fastMs
    const threads = [...stage.threads]
    const youngest = threads.at(-1)
    const filesOf = (thread: PlayedThread | undefined) =>
      run.files.filter((_, index) => thread?.has(index + 1)).length
    expect(filesOf(youngest)).toBe(3)
    for (let step = 0; filesOf(youngest) > 0 && step < 400; step += 1) await run.load(50, 10)
    expect(filesOf(youngest)).toBe(0)
    stage.tookMs = slowMs
    await run.load(30_000, 100)
    expect([...stage.threads]).toEqual(threads)
    expect(filesOf(youngest)).toBeGreaterThan(0)
    expect([stage.started, stage.faults]).toEqual([3, []])
  })

  test('that die, fail or have no more files lose nothing that others were asked', async () => {
    const run = await played(3, 6)
    const { stage, files } = run
    for (let round = 0; round < 6; round += 1) {
      stage.tookMs = round % 2 === 0 ? slowMs : fastMs
      await run.load(9_000 + round * 1_300, 100)
      const failed = expect(files[round]?.call('fail')).rejects.toMatchObject({ code: 'EIO' })
      const died = expect(files[round]?.call('die')).rejects.toMatchObject({ code: 'io' })
      await vi.advanceTimersByTimeAsync(5_000)
      await Promise.all([failed, died])
    }
    stage.tookMs = fastMs
    await run.load(60_000, 50)
    expect(stage.threads.size).toBe(1)
    await answersOf(run)
    const last = run.asked.slice(-100)
    expect(await Promise.all(last.map(({ answer }) => answer))).toEqual(
      last.map(({ count }) => count),
    )
    expect(stage.faults).toEqual([])
  })

  test('whatever the load and the disk, do all that is asked, in order, and are one in the end', async () => {
    const spell = fc.record({
      isSlow: fc.boolean(),
      milliseconds: fc.integer({ min: 1, max: 20_000 }),
      eachMs: fc.constantFrom(3, 15, 70, 400, 3_000),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(spell, { minLength: 1, maxLength: 6 }),
        async (maximum, count, spells) => {
          const run = await played(maximum, count)
          const { stage, pool, asked } = run
          for (const { isSlow, milliseconds, eachMs } of spells) {
            stage.tookMs = isSlow ? slowMs : fastMs
            await run.load(Math.min(milliseconds, 400 * eachMs), eachMs)
          }
          stage.tookMs = fastMs
          expect(await answersOf(run)).toEqual(asked.map((one) => one.count))
          await run.load(60_000, 100)
          expect(stage.threads.size).toBe(1)
          expect(run.most()).toBeLessThanOrEqual(maximum)
          expect(await answersOf(run)).toEqual(asked.map((one) => one.count))
          for (const done of stage.done.values()) {
            expect(done).toEqual(done.map((_, index) => index + 1))
          }
          const closed = pool.close()
          await vi.advanceTimersByTimeAsync(10_000)
          await closed
          expect([stage.threads.size, stage.faults]).toEqual([0, []])
        },
      ),
      { numRuns: 25 },
    )
  })
})
