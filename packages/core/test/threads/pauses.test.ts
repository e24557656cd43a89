import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPauses } from '../../src/threads/pauses.ts'
import type { ThreadService } from '../../src/threads/serve-thread.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** A file with so much to do in pauses. */
function fileWith(work: number): ThreadService & { left: number } {
  return {
    left: work,
    methods: {},
    pause() {
      if (this.left === 0) return false
      this.left -= 1
      return true
    },
    close: () => undefined,
  }
}

test('what has been put off is done when nothing is asked, one file at a time', () => {
  const [one, other] = [fileWith(1), fileWith(1)]
  const pauses = createPauses(new Map([[1, one] as const, [2, other] as const]))
  pauses.put()
  vi.advanceTimersByTime(49)
  pauses.put()
  vi.advanceTimersByTime(49)
  expect([one.left, other.left]).toEqual([1, 1])
  vi.advanceTimersByTime(1)
  expect([one.left, other.left]).toEqual([0, 1])
  vi.advanceTimersByTime(50)
  expect([one.left, other.left]).toEqual([0, 0])
  vi.advanceTimersByTime(50)
  expect(vi.getTimerCount()).toBe(0)
})

test('a file that fails in a pause keeps no other from its own', () => {
  const failing: ThreadService = {
    methods: {},
    pause() {
      throw new Error('the disk is full')
    },
    close: () => undefined,
  }
  const other = fileWith(1)
  const pauses = createPauses(new Map([[1, failing] as const, [2, other] as const]))
  pauses.put()
  vi.advanceTimersByTime(50)
  expect(other.left).toBe(0)
})
