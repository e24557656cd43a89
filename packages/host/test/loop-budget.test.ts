import { expect, it } from 'vitest'
import { createLoopBudget } from '../src/loop-budget.ts'

function work(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

it('queued work makes short turns of the loop, in the order in which it asked', async () => {
  const loop = createLoopBudget()
  const done: number[] = []
  const piece = async (index: number): Promise<void> => {
    await loop.turn()
    work(0.5)
    // What follows in steps of its own belongs to the same piece.
    await Promise.resolve()
    work(0.5)
    done.push(index)
  }
  const pieces = Array.from({ length: 40 }, (_, index) => piece(index))
  const turns: number[] = []
  let began = performance.now()
  while (done.length < 40) {
    await new Promise((resolve) => setImmediate(resolve))
    turns.push(performance.now() - began)
    began = performance.now()
  }
  await Promise.all(pieces)
  expect(done).toEqual(Array.from({ length: 40 }, (_, index) => index))
  // 40 ms of work: not all at once, and not one piece a turn either.
  expect(turns.length).toBeGreaterThanOrEqual(4)
  expect(turns.length).toBeLessThan(30)
})

it('a timer has its turn while pieces ask for ever more pieces', async () => {
  const loop = createLoopBudget()
  let isOver = false
  let pieces = 0
  const goOn = async (): Promise<void> => {
    while (!isOver && pieces < 100_000) {
      await loop.turn()
      pieces += 1
      work(0.1)
    }
  }
  const all = Promise.all(Array.from({ length: 20 }, goOn))
  await new Promise((resolve) => setTimeout(resolve, 5))
  isOver = true
  await all
  // 5 ms, and a turn or two: of endless work, not all of it.
  expect(pieces).toBeLessThan(10_000)
})

it('a single piece of work waits for nobody', () => {
  expect(createLoopBudget().turn()).toBeUndefined()
})
