import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeEvents, type MergeRange, type OpenEvents } from '../../src/events/merge-events.ts'
import type { CoreEvent, StampedEvent } from '../../src/events/types.ts'

function stamped(stamp: number): StampedEvent {
  const where = { cursor: '', at: '', sessionId: '', agentGroupId: '' }
  const event: CoreEvent = {
    ...where,
    type: 'accepted',
    id: '',
    seq: 2,
    kind: 'chat',
    origin: null,
  }
  return { stamp, event }
}

/** Sources over lists of stamps, and how many were open at once and altogether. */
function sourcesOf(lists: readonly (readonly number[])[]) {
  const counts = { open: 0, most: 0, all: 0 }
  const sources = lists.map((stamps): OpenEvents => async () => {
    counts.open += 1
    counts.all += 1
    counts.most = Math.max(counts.most, counts.open)
    return {
      read: async (after, limit) =>
        stamps
          .filter((stamp) => stamp > after)
          .slice(0, limit)
          .map(stamped),
      close: async () => void (counts.open -= 1),
    }
  })
  return { sources, counts }
}

async function merged(sources: OpenEvents[], range: MergeRange) {
  const stamps: number[] = []
  for await (const { stamp } of mergeEvents(sources, range)) stamps.push(stamp)
  return stamps
}

test('many sources give one line, whole and in order, one source open at a time', async () => {
  const owners = fc.array(fc.nat(12), { maxLength: 9_000, size: 'max' })
  await fc.assert(
    fc.asyncProperty(owners, fc.nat(9_000), fc.nat(9_000), async (owned, after, upTo) => {
      const lists = Array.from({ length: 13 }, (_, source) =>
        owned.flatMap((owner, index) => (owner === source ? [index + 1] : [])),
      )
      const { sources, counts } = sourcesOf(lists)
      const wanted = owned.map((_, index) => index + 1).filter((s) => s > after && s <= upTo)
      expect(await merged(sources, { after, upTo, size: 2_000 })).toEqual(wanted)
      expect(counts.open).toBe(0)
      expect(counts.most).toBeLessThanOrEqual(1)
    }),
    { numRuns: 40 },
  )
})

test('sources with few events are opened a few times, however many events others have', async () => {
  const busy = Array.from({ length: 50_000 }, (_, index) => index + 1)
  const still = Array.from({ length: 500 }, (_, index) => [60_000 + index])
  const { sources, counts } = sourcesOf([busy, ...still])
  expect(await merged(sources, { after: 0, upTo: 70_000, size: 2_000 })).toHaveLength(50_500)
  // To learn where each begins, where the batches of the busy one end, and for what each has.
  expect(counts.all).toBeLessThan(3 * 500 + 50)
})

test('leaving in the middle leaves nothing open', async () => {
  const { sources, counts } = sourcesOf([[1, 3], [2, 4], [5]])
  for await (const { stamp } of mergeEvents(sources, { after: 0, upTo: 9 })) if (stamp === 2) break
  expect(counts.open).toBe(0)
})
