import { expect, it } from 'vitest'
import { platform, said, workbench } from './workbench.ts'

const batch = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => said(from + 2 * index))

const nowhere = {
  authorize: () => Promise.resolve({ allowed: false, reason: 'no grant' } as const),
}

it('refusals of a batch are told to the operator once, and to the agent in twenty rows', async () => {
  const { mailbox, troubles, process } = await workbench()
  const { take } = await process(nowhere)
  const rows = [...batch(1, 199), said(399, { kind: 'system', content: '{' })]
  const notices = await take(...rows)
  expect(troubles.map(({ kind }) => kind)).toEqual(['delivery-refused', 'delivery-failed'])
  expect(troubles[0]?.message).toBe('199 messages were refused; the first, to room: no grant')
  expect(notices).toHaveLength(20)
  expect(notices[18]?.content).toMatchObject({ seq: 37, reason: 'no grant' })
  expect(notices[19]?.content).toMatchObject({
    seq: 39,
    reason: 'no grant (180 more messages did not go out either)',
  })
  expect(await mailbox.cursor()).toBe(399)
})

it('one refusal is told in words of its own', async () => {
  const { troubles, process } = await workbench()
  const { take } = await process(nowhere)
  const notices = await take(said(1))
  expect(troubles).toEqual([
    { kind: 'delivery-refused', message: 'a message to room was refused: no grant' },
  ])
  expect(notices).toMatchObject([{ content: { type: 'delivery_refused', seq: 1 } }])
})

it('others have their turn while a large batch is judged', async () => {
  const { process } = await workbench()
  const { adapter } = platform({})
  // Judged in a quarter of a millisecond each: fifty in all.
  const authorize = async () => {
    for (const until = performance.now() + 0.25; performance.now() < until;);
    return { allowed: false, reason: 'no grant' } as const
  }
  const { deliveries } = await process({ adapters: [adapter], authorize })
  let turns = 0
  let isPlanned = false
  const count = (): void => {
    turns += 1
    if (!isPlanned) setImmediate(count)
  }
  setImmediate(count)
  await deliveries.plan(batch(1, 200))
  isPlanned = true
  expect(turns).toBeGreaterThanOrEqual(3)
})

it('what has been taken is sent as it was taken, whatever its container says when it is read again', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({})
  const { deliveries, until } = await process({ adapters: [adapter] })
  const { rows } = await deliveries.plan([said(1, { content: '{"text":"taken"}' })])
  // Committed, though its answer was lost.
  await mailbox.take(rows)
  const again = await deliveries.plan([said(1, { content: '{"text":"rewritten"}' })])
  const taken = await mailbox.take(again.rows)
  deliveries.accept(taken.deliveries, again.meanings)
  await until(() => deliveries.isQuiet)
  expect(asked).toMatchObject([{ text: 'taken' }])
})
