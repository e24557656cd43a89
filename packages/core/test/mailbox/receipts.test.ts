import { expect, test } from 'vitest'
import { createCore } from '../../src/index.ts'
import { createFakeClock } from '../../src/testing.ts'
import { freshCore } from '../home.ts'

test('what a platform has queued is found by its key after a restart, until it is forgotten', async () => {
  const clock = createFakeClock()
  const first = await freshCore({ clock })
  const receipt = { sessionId: 'sess-00000001', messageOutId: 'out-00000001', part: 2 }
  await first.receipts.note('k1', receipt)
  const createdAt = new Date(clock.now()).toISOString()
  clock.advance(1_000)
  await first.receipts.note('k1', { ...receipt, part: 3 })
  await first.receipts.note('k2', receipt)
  await first.close()
  await using core = await createCore({ home: first.layout.home, clock })
  expect(await core.receipts.find('k1')).toEqual({ key: 'k1', ...receipt, createdAt })
  expect(await core.receipts.find('k3')).toBeUndefined()
  expect(await core.receipts.forget(new Date(clock.now()).toISOString())).toBe(1)
  expect(await core.receipts.find('k1')).toBeUndefined()
  expect(await core.receipts.find('k2')).toBeDefined()
})
